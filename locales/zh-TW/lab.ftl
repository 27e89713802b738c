# 訓練與評測。

data-missing = 找不到 { $path }。請用 `--data` 指定資料夾。
captions-missing = 找不到描述表 { $path }。請給出 `--gallery 資料夾 --captions CSV`，欄位為 file、level、language、caption。
captions-too-few = { $path } 裡帶描述的圖片太少，不夠訓練和驗證，至少需要幾百張。
captions-fewer = { $path } 裡的描述比圖片少。請用 `--stages captions --pictures { $pictures }` 產生。
stage-missing = { $path } 不存在。它由 `{ $stage }` 階段產生：請在 `--stages` 後把它加在其他階段前面。
head-unreadable = 匹配頭 { $path } 不存在或已損壞。請執行 `python -m lab train head` 訓練一個，或還原該檔案。
head-of-another-encoder = { $path } 不是為編碼器 { $encoder } 訓練的。請執行 `python -m lab train head` 為它訓練一個。
font-missing = 找不到含中文字形的字型。請先安裝（Debian：`apt install fonts-noto-cjk`），再執行一次。
