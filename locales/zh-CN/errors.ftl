# 发生了什么，该怎么办。

query-empty = 你还没有写内容。告诉我想找什么，比如“一匹马在吃草”。
query-too-long = 这段话太长了，请控制在 { $limit } 个字符以内。
query-control-characters = 这段文字里有看不见的控制字符。请重新输入，或以纯文本方式粘贴。
image-unreadable = 这个文件不是我能读取的图片。请发送 JPEG、PNG、WebP 或 GIF。
image-truncated = 这张图片已损坏或不完整。请重新保存后再发一次。
image-too-many-pixels = 这张图片的像素太多。请缩小到 { $limit_megapixels } 百万像素以内再试。
image-too-large = 这个文件太大了。请发送小于 { $limit_mib } MiB 的文件。
texts-empty = 没有可以评分的文字。请写一段或多段，用“|”隔开。
texts-too-many = 一次的文字太多了，最多 { $limit } 段。
gallery-empty = 图库还是空的，暂时找不到图片。请先添加一些。
gallery-mismatch = 图库是用 { $made_with } 建立的，而现在运行的是 { $now }。管理者可以运行 `python bot.py gallery reencode` 重新编码，或换回 { $made_with }。
picture-not-found = 这张图片已经不在图库里了。
queue-full-until = 现在排队的人太多了，请在 { $when } 再试。
queue-full-for-you-until = 你已经有 { $limit } 幅画在排队，这是每个人的上限。请在 { $when } 再试。
count-out-of-bounds = 一次可以显示 1 到 { $limit } 张图片，不能是 { $count } 张。
picture-not-named = 图库里没有叫“{ $name }”的图片。
picture-file-gone = 文件 { $file } 已不在原来的文件夹里。请重新添加该文件夹，或从图库中移除这张图片。
folder-not-found = 找不到文件夹 { $folder }，请检查路径。
folder-without-pictures = { $folder } 里没有图片。可读取 JPEG、PNG、WebP、GIF、BMP 和 TIFF 文件。
file-unreadable = 文件无法读取（{ $reason }）。
setting-invalid =
    `.env` 或环境变量中有些设置需要修改：
    { $problems }
page-port-taken = 网页无法使用端口 { $port }（{ $reason }）。请把 LOOPBACK_PORT 设为别的端口，或停止占用它的程序。
token-refused = Discord 不接受这个令牌。请从开发者门户复制新的令牌到 DISCORD_TOKEN。
discord-unreachable = 无法连接 Discord（{ $reason }）。请检查网络后重新启动。
unknown-bug = 我这边出了点问题。请再试一次；如果还是不行，请把这个编号告诉管理者：`{ $reference }`

cooldown = 太快啦！{ $when } 就可以再用了。
only-in-servers = 这个功能只能在服务器里使用。
permission-missing-yours = 你在这里需要以下权限：{ $permissions }。
permission-missing-mine = 我在这里缺少权限。请版主允许我：{ $permissions }。
command-outdated = 这个命令刚刚更新过。请等一分钟，或重启 Discord 后再试。
not-allowed = 你不能在这里使用这个功能。

button-not-yours = 这些按钮只给发起者使用。你也可以自己发一条，就会有自己的按钮。
request-forgotten = 我已经不记得这条请求了：可能太久，或已被删除。请重新发一次。
message-without-pictures = 那条消息里没有图片。
quota-spent = 过去一小时你已经画了 { $limit } 次，达到上限了。请大约 { $wait_s } 秒后再试。
quota-spent-until = 过去一小时你已经画了 { $limit } 次，达到上限了。请在 { $when } 再试。
channel-not-allowed = 在本服务器，我只在这些频道里回复：{ $channels }
message-without-words = 那条消息里没有文字，无法与图片比对。
nothing-to-cancel = 你没有正在排队或正在画的图。
gallery-has-none = 本服务器的图库还是空的。用 `/图库 添加` 加入图片吧。
shared-gallery-not-yours = 公共图库由机器人的拥有者管理。你可以把图片加入自己服务器的图库。
archive-unreadable = 这不是我能读取的 ZIP 文件。请重新打包图片，不要设密码。
archive-without-pictures = 这个 ZIP 文件里没有图片。
archive-too-many = 这个 ZIP 文件里的图片太多了，一次最多 { $limit } 张。
upscale-too-large = 这张图片已经够大了：再放大就会超过 { $limit } 像素。
strength-without-picture = “改动幅度”是指与原图相差多远：请用“图片”选项附上一张图，或不填“改动幅度”。
