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
imagine-settings = -# { $steps } 步 · 引導強度 { $guidance } · { $scheduler } · { $seconds } 秒
imagine-upscaled = 放大後的「{ $prompt }」
imagine-flagged = 有圖片可能含有不宜內容，已做模糊處理。
imagine-withheld = 有 { $count } 張圖片可能含有不宜內容，而這裡不是年齡限制頻道，所以沒有傳送。

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
alt-upscaled = 依「{ $prompt }」畫的圖片，已放大
alt-preview = 「{ $prompt }」還沒畫完的樣子
alt-source = 作畫所依據的圖片
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
button-variation =
    { $of ->
        [1] 變化
       *[other] 變化 { $number }
    }
button-upscale =
    { $of ->
        [1] 放大
       *[other] 放大 { $number }
    }
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

button-again = 再來 { $number }
button-forget = 刪除我的資料
button-try-find = 找一匹吃草的馬
button-try-imagine = 畫一隻黑貓

example-find = 一匹馬在吃草
example-imagine = 紅色沙發上的一隻黑貓

gallery-own = **這個伺服器：**
gallery-shared = **公用圖庫：**
gallery-count = { $count } 張圖片
gallery-added = 已把 { $count } 張圖片加入這個伺服器的圖庫，只有這個伺服器找得到。
gallery-added-shared = 已把 { $count } 張圖片加入公共圖庫，所有伺服器都能找到。
gallery-skipped = 有 { $count } 個檔案無法讀取，已略過。
gallery-removed = 已移除 { $count } 張圖片。
gallery-exported = 這個檔案裡有 { $total } 張中的 { $count } 張。Discord 放不下的部分，可以先從圖庫移除一些再匯出。
gallery-exported-all = 圖庫裡的全部 { $total } 張圖片都在這個檔案裡。

settings-every-channel = 所有頻道
settings-shown =
    { "**" }我在這個伺服器的回覆方式**
    相符度達到 **{ $threshold }** 才算找到
    顯示圖片數：**{ $count }**
    頻道：{ $channels }
    語言：**{ $language }**
    畫好的圖片點了才顯示：**{ $spoilers }**
    -# 選一個頻道就會開放使用，再選一次就取消。`reset` 會還原所有預設值。
setting-on = 是
setting-off = 否

status-models = **{ $profile }** · 編碼器 `{ $encoder }` · { $pictures } 張圖片
status-head = 相符分數來自 `{ $head }`，達到 { $threshold } 算找到
status-head-untrained = ⚠️ 這個編碼器還沒有訓練好的比對頭：目前以這個圖庫校準過的餘弦代替。
status-painter = 畫師 `{ $painter }`，使用 { $devices } 個裝置
status-no-painter = 這裡不提供畫圖。
queue-shown = { $waiting } 個排隊中 · { $running } 個正在畫

cancelled = 已取消。
history = **你最近的請求**
history-empty = 你還沒有發過請求。試試 `/找圖`。
kind-find = 找圖
kind-imagine = 畫圖
kind-score = 評分
kind-similar = 找相似

help =
    { "**" }我用圖片回答一句話。** 圖庫裡有意思相符的圖片，我就找出來；沒有的話，我就畫一張。不管哪種，我都會告訴你有多相符。
    `/找圖` — 說說圖片裡有什麼
    `/畫圖` — 畫一張新的
    `/評分` — 看看文字與圖片有多相符
    `/找相似` — 找和你的圖片相似的圖
    `/歷史` · `/佇列` · `/取消` · `/狀態` · `/隱私`
    { "**" }相符**是 0 到 1 的機率；**餘弦**是向量本身的相似度。兩者不能互相比較大小。
    在訊息上按右鍵（手機上長按）→ 應用程式，可以找相似、與文字比對評分、看圖文是否相符。
    點一個試試：
privacy =
    { "**" }我會保存：**你請求裡的文字和設定，保留 90 天，這樣回覆下方的按鈕和 `/歷史` 才能使用；以及你最近畫圖的時間，保留一小時。
    { "**" }我不會保存：**你上傳來評分、比較或作畫的圖片。我也看不到聊天訊息。
    管理者加入伺服器圖庫的圖片會一直保留，直到他們移除。
privacy-forgotten = 完成，已刪除 { $count } 則請求。舊回覆下方的按鈕不再能用。
