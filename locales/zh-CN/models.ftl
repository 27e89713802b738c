encoder-weights-unreadable = 入门编码器的权重（{ $path }）缺失或损坏。请从仓库恢复该文件：git checkout -- models/weights
hub-unreachable = 本机还没有 { $repo }，而 { $hub } 无法连接。请连接网络，用 HF_ENDPOINT 指定镜像，或设置 PROFILE=starter（无需下载）。
hub-not-found = { $hub } 上没有这个模型或文件：{ $repo }。请检查名称；私有模型需要 HF_TOKEN。
hub-refused = { $hub } 拒绝提供 { $repo }（状态码 { NUMBER($status, useGrouping: 0) }）。请稍后再试；私有或受限模型需要 HF_TOKEN。
hub-no-space = { $repo } 需要在 { $folder } 中占用 { NUMBER($needed_mib, useGrouping: 0) } MiB，但只剩 { NUMBER($free_mib, useGrouping: 0) } MiB。请腾出空间，或把 DATA_DIR 设到更大的磁盘。
hub-file-damaged = { $repo } 的 { $file } 两次下载都已损坏：校验和与服务器不符。请重试；若仍如此，请换网络或镜像（HF_ENDPOINT）。
hub-incomplete = 从 { $hub } 下载 { $repo } 时中断：{ $reason } 请重新开始。
hub-gated = { $repo } 需要授权：请在 { $hub }/{ $repo } 接受其条款，再把 HF_TOKEN 设为该账号的令牌。
hub-token-refused = { $hub } 不接受 HF_TOKEN。请在那里新建一个令牌并重新设置。
open-clip-unknown = open_clip 没有带权重“{ $pretrained }”的模型“{ $model }”。请从 open_clip.list_pretrained() 中选择。
open-clip-unreadable = 无法加载模型 { $model }：{ $reason }
