imagine-prompt-empty = 还没有可画的内容：请用几个词描述画面。
imagine-prompt-too-long = 描述太长了：要画的内容和不要的内容各最多 { $limit } 个字符。
imagine-scheduler-unknown = 没有名为“{ $scheduler }”的调度器。可选：{ $known }。
imagine-out-of-bounds = { $option } 必须在 { $low } 到 { $high } 之间。
imagine-size-unknown = 这个绘画模型不支持该 { $option }。可选：{ $known } 像素。
imagine-lora-unknown = 没有名为“{ $name }”的 LoRA。可用：{ $known }。
lora-unreadable = LoRA 文件 { $name } 无法使用：{ $detail }

queue-full =
    已有 { $limit } 个任务在等待或绘制，达到上限。{ $wait_s ->
        [0] 请稍后再试。
       *[other] 请在大约 { $wait_s } 秒后再试。
    }
queue-full-for-you =
    你已有 { $limit } 个任务在等待或绘制，达到每人的上限。{ $wait_s ->
        [0] 请等其中一个完成后再试。
       *[other] 其中一个大约会在 { $wait_s } 秒后完成。
    }
job-not-found = 任务 { $job } 已经结束，找不到了。
job-not-yours = 任务 { $job } 是别人的，只有本人和管理员可以取消。
job-cancelled = 任务已取消。

painting-not-finite = 绘制出错：数值超出了范围。请换一个种子、减少步数或降低引导强度。
painting-out-of-memory = 显存或内存不足以绘制这幅图。请选择更小的尺寸。
painting-scheduler = 调度器 { $scheduler } 无法用这些设置绘制（{ $detail }）。请换一个步数或调度器。
painting-failed = 绘制这幅图时两次出错。这不是你的问题；详情在所有者的日志里。
painting-no-device = 已没有可用的绘画模型。原因在所有者的日志里；重启程序也许有用。
