imagine-prompt-empty = 還沒有可畫的內容：請用幾個詞描述畫面。
imagine-prompt-too-long = 描述太長了：要畫的內容和不要的內容各最多 { $limit } 個字元。
imagine-scheduler-unknown = 沒有名為「{ $scheduler }」的排程器。可選：{ $known }。
imagine-out-of-bounds = { $option } 必須介於 { $low } 到 { $high } 之間。
imagine-size-unknown = 這個繪畫模型不支援該 { $option }。可選：{ $known } 像素。
imagine-lora-unknown = 沒有名為「{ $name }」的 LoRA。可用：{ $known }。
lora-unreadable = LoRA 檔案 { $name } 無法使用：{ $detail }

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
job-not-found = 工作 { $job } 已經結束，找不到了。
job-not-yours = 工作 { $job } 是別人的，只有本人和管理員可以取消。
job-cancelled = 工作已取消。

painting-not-finite = 繪製出錯：數值超出了範圍。請換一個種子、減少步數或降低引導強度。
painting-out-of-memory = 顯示記憶體或記憶體不足以繪製這幅圖。請選擇較小的尺寸。
painting-scheduler = 排程器 { $scheduler } 無法用這些設定繪製（{ $detail }）。請換一個步數或排程器。
painting-failed = 繪製這幅圖時兩次出錯。這不是你的問題；詳情在擁有者的記錄檔裡。
painting-no-device = 已沒有可用的繪畫模型。原因在擁有者的記錄檔裡；重新啟動程式也許有用。
