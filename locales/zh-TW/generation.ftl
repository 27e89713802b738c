imagine-prompt-empty = 還沒有可畫的內容：請用幾個詞描述畫面。
imagine-prompt-too-long = 描述太長了：要畫的內容和不要的內容各最多 { $limit } 個字元。
imagine-scheduler-unknown = 沒有名為「{ $scheduler }」的排程器。可選：{ $known }。
imagine-out-of-bounds = { $option } 必須介於 { $low } 到 { $high } 之間。
imagine-size-unknown = 這個繪畫模型不支援該 { $option }。可選：{ $known } 像素。
imagine-lora-unknown = 沒有名為「{ $name }」的 LoRA。可用：{ $known }。
lora-unreadable = LoRA 檔案 { $name } 無法使用：{ $detail }
imagine-fast-missing = { $painter } 不能只用幾步作畫。請擁有者在 LCM_LORA 中指定一個適用於 Stable Diffusion 1.x 的 LCM-LoRA。
imagine-fast-scheduler = 只用幾步作畫時只能使用排程器 lcm：請去掉「{ $scheduler }」。
lcm-lora-not-found = { $source } 沒有 LoRA。LCM_LORA 應為含有 .safetensors 檔案的模型儲存庫（owner/name），或這樣一個檔案。

queue-full =
    已有 { $limit } 個工作在等待或繪製，達到上限。{ $wait_s ->
        [0] 請稍後再試。
       *[other] 請在大約 { $wait_s } 秒後再試。
    }
queue-full-for-you =
    你已有 { $limit } 個工作在等待或繪製，達到每人的上限。{ $wait_s ->
        [0] 請等其中一個完成後再試。
       *[other] 其中一個大約會在 { $wait_s } 秒後完成。
    }
queue-unreachable = 無法連線到繪畫佇列：請檢查 QUEUE_URL 以及 Redis 是否在執行。（{ $detail }）
queue-without-workers = 目前沒有繪畫程序在為佇列工作。擁有者可以啟動一個：python bot.py worker。
queue-results-unreachable = 無法存取繪畫程序交付大檔案結果的位置：請檢查 QUEUE_RESULTS。（{ $detail }）
queue-results-elsewhere = 繪畫程序把較大的結果放在了這裡不知道的位置。請擁有者把 QUEUE_RESULTS 設成與各 worker 相同。
queue-result-too-large = 結果超過 { $limit_mib } MiB，無法經佇列傳送。請擁有者把 QUEUE_RESULTS 設為所有機器共用的資料夾，或 s3://bucket/path。
job-not-found = 工作 { $job } 已經結束，找不到了。
job-not-yours = 工作 { $job } 是別人的，只有本人和管理員可以取消。
job-cancelled = 工作已取消。

painting-not-finite = 繪製出錯：數值超出了範圍。請換一個種子、減少步數或降低引導強度。
painting-out-of-memory = 顯示記憶體或記憶體不足以繪製這幅圖。請選擇較小的尺寸。
painting-scheduler = 排程器 { $scheduler } 無法用這些設定繪製（{ $detail }）。請換一個步數或排程器。
painting-failed = 繪製這幅圖時兩次出錯。這不是你的問題；詳情在擁有者的記錄檔裡。
painting-no-device = 已沒有可用的繪畫模型。原因在擁有者的記錄檔裡；重新啟動程式也許有用。

painter-not-found = { $source } 處沒有繪畫模型。PAINTER 可填 hub 儲存庫（owner/name）、diffusers 資料夾，或 Stable Diffusion 1.x 的 .safetensors 檔案。
painter-unreadable = 無法載入繪畫模型 { $source }：檔案損壞，或不屬於 Stable Diffusion 1.x 系列。（{ $detail }）
painter-part-missing = 該繪畫模型的 { $part } 沒有 safetensors 權重。請在 PAINTER 中填寫其他儲存庫或單一 .safetensors 檔案。
painter-without-safety-checker = 繪畫模型 { $source } 不附安全檢查器。請在 PAINTER 中換一個，或在自行負責的前提下設定 SAFETY_CHECKER=false。
painter-weights-missing = { $path } 中入門繪畫模型的權重缺失或已損壞。請從儲存庫還原該資料夾，或自行訓練：python -m lab train painter。
translator-unreadable = 無法載入翻譯模型 { $source }：TRANSLATOR 可填 hub 儲存庫或 Marian 模型的資料夾。（{ $detail }）
