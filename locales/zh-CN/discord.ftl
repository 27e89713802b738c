# Discord 里的回复。{ $match } 与 { $cosine } 不可互相比较大小。

scores = 匹配 { $match } · 余弦 { $cosine }

find-found = 找到 { $count } 张符合“{ $query }”的图片，最接近的排在最前
find-below = 图库里没有真正符合“{ $query }”的图片（匹配度需达到 { $threshold }）。最接近的是：
find-nothing = 图库里没有符合“{ $query }”的图片。

imagine-queued = 🎨 “{ $prompt }”正在排队，当前第 { $position } 位。
imagine-queued-until = 🎨 “{ $prompt }”正在排队，当前第 { $position } 位，预计 { $when }完成。
imagine-started = 🎨 正在画“{ $prompt }”……
imagine-step = 🎨 正在画“{ $prompt }” { $bar } 第 { $step } 步，共 { $steps } 步
imagine-decoding = 🎨 “{ $prompt }”正在显影……
imagine-scored = 🎨 正在检查画面与“{ $prompt }”是否相符……
imagine-done =
    { $count ->
        [1] 画好了：“{ $prompt }”
       *[other] 画好了：“{ $prompt }”，共 { $count } 张
    }
imagine-translated = 画师读到的是：“{ $prompt }”
imagine-seed = 种子 { $seed }
imagine-settings = -# { $steps } 步 · 引导强度 { $guidance } · { $scheduler }
imagine-flagged = 有图片可能含有不宜内容，已作模糊处理。

score-title =
    { $texts ->
        [1] 这段文字
       *[other] 这 { $texts } 段文字
    }与{ $pictures ->
        [1] 图片
       *[other] 这 { $pictures } 张图片
    }的相符程度

alt-found = { $label }（图库文件 { $file }），与“{ $query }”的匹配度为 { $match }
alt-painted = 按“{ $prompt }”画的图片，匹配度 { $match }
alt-preview = “{ $prompt }”尚未画完的样子
alt-scored = 正在评分的图片；最相符的是“{ $text }”，匹配度 { $match }

late-answer = { $who }，让你久等了，结果在这里：
picture-left-out = 有一张图片太大，无法在这里发送，已省略。

cosine = 余弦 { $cosine }

similar-found = 找到 { $count } 张相似的图片，最像的排在最前
similar-nothing = 图库里没有与它相似的图片。

score-picture = **图 { $number }**
heatmap-match = 匹配
heatmap-cosine = 余弦

button-more = 更多
button-similar = 找相似
button-imagine-instead = 直接画一张
button-not-this = 不是这张
button-re-roll = 重画
button-variation = 变体 { $number }
button-edit-prompt = 修改描述
button-score = 评分
button-cancel = 取消
button-delete = 删除

form-edit-prompt = 修改描述
form-prompt = 想画什么
form-negative = 不想出现什么
form-score = 与文字比对评分
form-texts = 文字
form-texts-about = 每行一段

alt-similar = { $label }（图库文件 { $file }），余弦 { $cosine }
alt-heatmap = 匹配与余弦的热力图，文字为：{ $texts }
