# 训练与评测。

data-missing = 找不到 { $path }。请用 `--data` 指定数据文件夹。
captions-missing = 找不到描述表 { $path }。请给出 `--gallery 文件夹 --captions CSV`，列为 file、level、language、caption。
captions-too-few = { $path } 里带描述的图片太少，不够训练和验证，至少需要几百张。
captions-fewer = { $path } 里的描述比图片少。请用 `--stages captions --pictures { $pictures }` 生成。
stage-missing = { $path } 不存在。它由 `{ $stage }` 阶段生成：请在 `--stages` 后把它加在其他阶段前面。
head-unreadable = 匹配头 { $path } 不存在或已损坏。请运行 `python -m lab train head` 训练一个，或恢复该文件。
head-of-another-encoder = { $path } 不是为编码器 { $encoder } 训练的。请运行 `python -m lab train head` 为它训练一个。
font-missing = 找不到含中文字形的字体。请先安装（Debian：`apt install fonts-noto-cjk`），再运行一次。
