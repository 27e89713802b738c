# 發生了什麼事，該怎麼辦。

query-empty = 你還沒有寫內容。告訴我想找什麼，例如「一匹馬在吃草」。
query-too-long = 這段話太長了，請控制在 { $limit } 個字元以內。
query-control-characters = 這段文字裡有看不見的控制字元。請重新輸入，或以純文字方式貼上。
image-unreadable = 這個檔案不是我讀得懂的圖片。請傳送 JPEG、PNG、WebP 或 GIF。
image-truncated = 這張圖片已損壞或不完整。請重新儲存後再傳一次。
image-too-many-pixels = 這張圖片的像素太多了。請縮小到 { $limit_megapixels } 百萬像素以內再試。
image-too-large = 這個檔案太大了。請傳送小於 { $limit_mib } MiB 的檔案。
texts-empty = 沒有可以評分的文字。請寫一段或多段，用「|」隔開。
texts-too-many = 一次的文字太多了，最多 { $limit } 段。
gallery-empty = 圖庫還是空的，目前找不到圖片。請先加入一些。
gallery-mismatch = 圖庫是用 { $made_with } 建立的，但現在執行的是 { $now }。管理者可以執行 `python bot.py gallery reencode` 重新編碼，或換回 { $made_with }。
picture-not-found = 這張圖片已經不在圖庫裡了。
queue-full-until = 現在排隊的人太多了，請在 { $when } 再試。
queue-full-for-you-until = 你已經有 { $limit } 幅畫在排隊，這是每個人的上限。請在 { $when } 再試。
count-out-of-bounds = 一次可以顯示 1 到 { $limit } 張圖片，不能是 { $count } 張。
picture-not-named = 圖庫裡沒有叫「{ $name }」的圖片。
picture-file-gone = 檔案 { $file } 已不在原本的資料夾裡。請重新加入該資料夾，或從圖庫移除這張圖片。
folder-not-found = 找不到資料夾 { $folder }，請檢查路徑。
folder-without-pictures = { $folder } 裡沒有圖片。可讀取 JPEG、PNG、WebP、GIF、BMP 和 TIFF 檔案。
file-unreadable = 檔案無法讀取（{ $reason }）。
setting-invalid =
    `.env` 或環境變數裡有些設定需要修改：
    { $problems }
page-port-taken = 網頁無法使用連接埠 { $port }（{ $reason }）。請把 LOOPBACK_PORT 設為別的連接埠，或停止占用它的程式。
token-refused = Discord 不接受這個權杖。請從開發者入口複製新的權杖到 DISCORD_TOKEN。
discord-unreachable = 無法連線到 Discord（{ $reason }）。請檢查網路後重新啟動。
unknown-bug = 我這邊出了點問題。請再試一次；如果還是不行，請把這組代碼告訴管理者：`{ $reference }`

cooldown = 太快了！{ $when } 就可以再用。
only-in-servers = 這個功能只能在伺服器裡使用。
permission-missing-yours = 你在這裡需要這些權限：{ $permissions }。
permission-missing-mine = 我在這裡缺少權限。請版主開放給我：{ $permissions }。
command-outdated = 這個指令剛剛更新過。請等一分鐘，或重新啟動 Discord 再試。
not-allowed = 你不能在這裡使用這個功能。

button-not-yours = 這些按鈕只有發起的人能用。你也可以自己發一則，就會有自己的按鈕。
request-forgotten = 我已經不記得這則請求了：可能太久，或已被刪除。請重新發一次。
message-without-pictures = 那則訊息裡沒有圖片。
quota-spent = 過去一小時你已經畫了 { $limit } 次，達到上限了。請大約 { $wait_s } 秒後再試。
quota-spent-until = 過去一小時你已經畫了 { $limit } 次，達到上限了。請在 { $when } 再試。
channel-not-allowed = 在這個伺服器，我只在這些頻道裡回覆：{ $channels }
message-without-words = 那則訊息裡沒有文字，無法和圖片比對。
nothing-to-cancel = 你沒有排隊中或正在畫的圖。
gallery-has-none = 這個伺服器的圖庫還是空的。用 `/圖庫 新增` 加入圖片吧。
shared-gallery-not-yours = 公共圖庫由機器人的擁有者管理。你可以把圖片加入自己伺服器的圖庫。
archive-unreadable = 這不是我讀得懂的 ZIP 檔。請重新打包圖片，不要設密碼。
archive-without-pictures = 這個 ZIP 檔裡沒有圖片。
archive-too-many = 這個 ZIP 檔裡的圖片太多了，一次最多 { $limit } 張。
upscale-too-large = 這張圖片已經夠大了：再放大就會超過 { $limit } 像素。
strength-without-picture = 「改動幅度」是指與原圖相差多遠：請用「圖片」選項附上一張圖，或不填「改動幅度」。
