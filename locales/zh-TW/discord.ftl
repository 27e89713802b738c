# Discord 裡的回覆。{ $match } 與 { $cosine } 不可互相比較大小。

scores = 相符 { $match } · 餘弦 { $cosine }

find-found = 找到 { $count } 張符合「{ $query }」的圖片，最接近的排在最前面
find-below = 圖庫裡沒有真正符合「{ $query }」的圖片（相符度要達到 { $threshold }）。最接近的是：
find-nothing = 圖庫裡沒有符合「{ $query }」的圖片。

imagine-queued = 🎨 「{ $prompt }」排隊中，目前是第 { $position } 位。
imagine-queued-until = 🎨 「{ $prompt }」排隊中，目前是第 { $position } 位，預計 { $when }完成。
imagine-started = 🎨 正在畫「{ $prompt }」……
imagine-step = 🎨 正在畫「{ $prompt }」 { $bar } 第 { $step } 步，共 { $steps } 步
imagine-decoding = 🎨 「{ $prompt }」顯影中……
imagine-scored = 🎨 正在確認畫面與「{ $prompt }」是否相符……
imagine-done =
    { $count ->
        [1] 畫好了：「{ $prompt }」
       *[other] 畫好了：「{ $prompt }」，共 { $count } 張
    }
imagine-translated = 畫師讀到的是：「{ $prompt }」
imagine-seed = 種子 { $seed }
imagine-settings = -# { $steps } 步 · 引導強度 { $guidance } · { $scheduler }
imagine-flagged = 有圖片可能含有不宜內容，已做模糊處理。

score-title =
    { $texts ->
        [1] 這段文字
       *[other] 這 { $texts } 段文字
    }與{ $pictures ->
        [1] 圖片
       *[other] 這 { $pictures } 張圖片
    }的相符程度

alt-found = { $label }（圖庫檔案 { $file }），與「{ $query }」的相符度為 { $match }
alt-painted = 依「{ $prompt }」畫的圖片，相符度 { $match }
alt-preview = 「{ $prompt }」還沒畫完的樣子
alt-scored = 評分中的圖片；最相符的是「{ $text }」，相符度 { $match }

late-answer = { $who }，讓你久等了，結果在這裡：
picture-left-out = 有一張圖片太大，無法在這裡傳送，因此略過。

cosine = 餘弦 { $cosine }

similar-found = 找到 { $count } 張相似的圖片，最像的排在最前面
similar-nothing = 圖庫裡沒有和它相似的圖片。

score-picture = **圖 { $number }**
heatmap-match = 相符
heatmap-cosine = 餘弦

button-more = 更多
button-similar = 找相似
button-imagine-instead = 直接畫一張
button-not-this = 不是這張
button-re-roll = 重畫
button-variation = 變化 { $number }
button-edit-prompt = 修改描述
button-score = 評分
button-cancel = 取消
button-delete = 刪除

form-edit-prompt = 修改描述
form-prompt = 想畫什麼
form-negative = 不想出現什麼
form-score = 與文字比對評分
form-texts = 文字
form-texts-about = 每行一段

alt-similar = { $label }（圖庫檔案 { $file }），餘弦 { $cosine }
alt-heatmap = 相符與餘弦的熱圖，文字為：{ $texts }
