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
imagine-settings = -# { $steps } 步 · 引导强度 { $guidance } · { $scheduler } · { $seconds } 秒
imagine-upscaled = 放大后的“{ $prompt }”
imagine-flagged = 有图片可能含有不宜内容，已作模糊处理。
imagine-withheld = 有 { $count } 张图片可能含有不宜内容，而这里不是年龄限制频道，所以没有发送。

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
alt-upscaled = 按“{ $prompt }”画的图片，已放大
alt-preview = “{ $prompt }”尚未画完的样子
alt-source = 作画所依据的图片
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
button-variation =
    { $of ->
        [1] 变体
       *[other] 变体 { $number }
    }
button-upscale =
    { $of ->
        [1] 放大
       *[other] 放大 { $number }
    }
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

button-again = 再来 { $number }
button-forget = 删除我的数据
button-try-find = 找一匹吃草的马
button-try-imagine = 画一只黑猫

example-find = 一匹马在吃草
example-imagine = 红色沙发上的一只黑猫

gallery-own = **本服务器：**
gallery-shared = **公共图库：**
gallery-count = { $count } 张图片
gallery-added = 已把 { $count } 张图片加入本服务器的图库，只有本服务器能找到。
gallery-added-shared = 已把 { $count } 张图片加入公共图库，所有服务器都能找到。
gallery-skipped = 有 { $count } 个文件无法读取，已跳过。
gallery-removed = 已移除 { $count } 张图片。
gallery-exported = 这个文件里有 { $total } 张中的 { $count } 张。Discord 放不下的部分，可以先从图库移除一些再导出。
gallery-exported-all = 图库里的全部 { $total } 张图片都在这个文件里。

settings-every-channel = 所有频道
settings-shown =
    { "**" }我在本服务器的回复方式**
    匹配度达到 **{ $threshold }** 才算找到
    显示图片数：**{ $count }**
    频道：{ $channels }
    语言：**{ $language }**
    画出的图片点击后才显示：**{ $spoilers }**
    -# 选择一个频道即允许使用，再选一次即取消。`reset` 恢复全部默认设置。
setting-on = 是
setting-off = 否

status-models = **{ $profile }** · 编码器 `{ $encoder }` · { $pictures } 张图片
status-head = 匹配分数来自 `{ $head }`，达到 { $threshold } 算找到
status-head-untrained = ⚠️ 这个编码器还没有训练好的匹配头：目前用本图库校准后的余弦代替。
status-painter = 画师 `{ $painter }`，使用 { $devices } 个设备
status-no-painter = 这里不提供画图。
queue-shown = { $waiting } 个在排队 · { $running } 个正在画

cancelled = 已取消。
history = **你最近的请求**
history-empty = 你还没有发过请求。试试 `/找图`。
kind-find = 找图
kind-imagine = 画图
kind-score = 评分
kind-similar = 找相似

help =
    { "**" }我用图片回答一句话。** 图库里有意思相符的图片，我就找出来；没有，我就画一张。无论哪种，我都会告诉你有多相符。
    `/找图` — 说说图片里有什么
    `/画图` — 画一张新的
    `/评分` — 看看文字与图片有多相符
    `/找相似` — 找与你的图片相似的图
    `/历史` · `/队列` · `/取消` · `/状态` · `/隐私`
    { "**" }匹配**是 0 到 1 的概率；**余弦**是向量本身的相似度。两者不能互相比较大小。
    右键点击（手机上长按）一条消息 → 应用，可以找相似、与文字比对评分、看图文是否相符。
    点一个试试：
privacy =
    { "**" }我会保存：**你请求里的文字和设置，保留 90 天，这样回复下方的按钮和 `/历史` 才能使用；以及你最近画图的时间，保留一小时。
    { "**" }我不会保存：**你上传用来评分、比较或作画的图片。我也看不到聊天消息。
    管理者加入服务器图库的图片会一直保留，直到他们移除。
privacy-forgotten = 完成，已删除 { $count } 条请求。旧回复下方的按钮不再可用。
