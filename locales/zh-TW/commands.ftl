# 指令、選項的名稱（無空格）與說明（最多 100 個字元）。

command-find = 找圖
command-find-about = 用一句話找到意思相符的圖片，找不到就畫一張
command-find-query = 描述
command-find-query-about = 用自己的話說說圖片裡有什麼
command-find-count = 數量
command-find-count-about = 最多要幾張
command-find-imagine-if-missing = 沒有就畫
command-find-imagine-if-missing-about = 圖庫裡沒有合適的圖片時，畫一張

command-imagine = 畫圖
command-imagine-about = 依照你的描述畫一張圖
command-imagine-prompt = 描述
command-imagine-prompt-about = 想畫什麼
command-imagine-negative = 不要
command-imagine-negative-about = 畫面裡不想出現的東西
command-imagine-steps = 步數
command-imagine-steps-about = 步數越多越慢，細節也越多
command-imagine-guidance = 引導強度
command-imagine-guidance-about = 要多貼近描述
command-imagine-seed = 種子
command-imagine-seed-about = 相同的種子會畫出相同的圖
command-imagine-size = 尺寸
command-imagine-size-about = 圖片的形狀
command-imagine-count = 數量
command-imagine-count-about = 畫幾張
command-imagine-candidates = 候選
command-imagine-candidates-about = 每張圖先畫幾張候選，再留下最相符的一張

choice-square = 方形
choice-portrait = 直式
choice-landscape = 橫式

command-score = 評分
command-score-about = 看看文字與圖片有多相符
command-score-image = 圖片
command-score-image-about = 要評分的圖片，最大 10 MiB
command-score-texts = 文字
command-score-texts-about = 一段或多段文字，用 | 或換行隔開
command-score-image2 = 圖片2
command-score-image2-about = 再加一張圖片
command-score-image3 = 圖片3
command-score-image3-about = 再加一張圖片
command-score-image4 = 圖片4
command-score-image4-about = 再加一張圖片
