imagine-prompt-empty = 还没有可画的内容：请用几个词描述画面。
imagine-prompt-too-long = 描述太长了：要画的内容和不要的内容各最多 { $limit } 个字符。
imagine-scheduler-unknown = 没有名为“{ $scheduler }”的调度器。可选：{ $known }。
imagine-out-of-bounds = { $option } 必须在 { $low } 到 { $high } 之间。
imagine-size-unknown = 这个绘画模型不支持该 { $option }。可选：{ $known } 像素。
imagine-lora-unknown = 没有名为“{ $name }”的 LoRA。可用：{ $known }。
lora-unreadable = LoRA 文件 { $name } 无法使用：{ $detail }
imagine-fast-missing = { $painter } 不能只用几步作画。请所有者在 LCM_LORA 中指定一个适用于 Stable Diffusion 1.x 的 LCM-LoRA。
imagine-fast-scheduler = 只用几步作画时只能使用调度器 lcm：请去掉“{ $scheduler }”。
lcm-lora-not-found = { $source } 处没有 LoRA。LCM_LORA 应为含有 .safetensors 文件的模型仓库（owner/name），或这样一个文件。

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
queue-unreachable = 无法连接绘画队列：请检查 QUEUE_URL 以及 Redis 是否在运行。（{ $detail }）
queue-without-workers = 目前没有绘画进程在为队列工作。所有者可以启动一个：python bot.py worker。
queue-results-unreachable = 无法访问绘画进程交付大文件结果的位置：请检查 QUEUE_RESULTS。（{ $detail }）
queue-results-elsewhere = 绘画进程把较大的结果放在了这里不知道的位置。请所有者把 QUEUE_RESULTS 设成与各 worker 相同。
queue-result-too-large = 结果超过 { $limit_mib } MiB，无法经队列传送。请所有者把 QUEUE_RESULTS 设为所有机器共享的文件夹，或 s3://bucket/path。
job-not-found = 任务 { $job } 已经结束，找不到了。
job-not-yours = 任务 { $job } 是别人的，只有本人和管理员可以取消。
job-cancelled = 任务已取消。

painting-not-finite = 绘制出错：数值超出了范围。请换一个种子、减少步数或降低引导强度。
painting-out-of-memory = 显存或内存不足以绘制这幅图。请选择更小的尺寸。
painting-scheduler = 调度器 { $scheduler } 无法用这些设置绘制（{ $detail }）。请换一个步数或调度器。
painting-failed = 绘制这幅图时两次出错。这不是你的问题；详情在所有者的日志里。
painting-no-device = 已没有可用的绘画模型。原因在所有者的日志里；重启程序也许有用。

painter-not-found = { $source } 处没有绘画模型。PAINTER 可填 hub 仓库（owner/name）、diffusers 文件夹，或 Stable Diffusion 1.x 的 .safetensors 文件。
painter-unreadable = 无法加载绘画模型 { $source }：文件损坏，或不属于 Stable Diffusion 1.x 系列。（{ $detail }）
painter-part-missing = 该绘画模型的 { $part } 没有 safetensors 权重。请在 PAINTER 中填写其他仓库或单个 .safetensors 文件。
painter-without-safety-checker = 绘画模型 { $source } 不带安全检查器。请在 PAINTER 中换一个，或在自行负责的前提下设置 SAFETY_CHECKER=false。
painter-weights-missing = { $path } 中入门绘画模型的权重缺失或已损坏。请从仓库恢复该文件夹，或自行训练：python -m lab train painter。
translator-unreadable = 无法加载翻译模型 { $source }：TRANSLATOR 可填 hub 仓库或 Marian 模型的文件夹。（{ $detail }）
