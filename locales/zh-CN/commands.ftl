# 命令、选项的名称（无空格）与说明（最多 100 个字符）。

command-find = 找图
command-find-about = 用一句话找到意思相符的图片，找不到就画一张
command-find-query = 描述
command-find-query-about = 用自己的话说说图片里有什么
command-find-count = 数量
command-find-count-about = 最多要几张
command-find-imagine-if-missing = 没有就画
command-find-imagine-if-missing-about = 图库里没有合适的图片时，画一张

command-imagine = 画图
command-imagine-about = 根据你的描述画一张图
command-imagine-prompt = 描述
command-imagine-prompt-about = 想画什么
command-imagine-negative = 不要
command-imagine-negative-about = 画面里不想出现的东西
command-imagine-steps = 步数
command-imagine-steps-about = 步数越多越慢，细节也越多
command-imagine-guidance = 引导强度
command-imagine-guidance-about = 多大程度上遵照描述
command-imagine-seed = 种子
command-imagine-seed-about = 相同的种子会画出相同的图
command-imagine-size = 尺寸
command-imagine-size-about = 图片的形状
command-imagine-count = 数量
command-imagine-count-about = 画几张
command-imagine-candidates = 候选
command-imagine-candidates-about = 每张图先画几张候选，再留下最相符的一张

choice-square = 方形
choice-portrait = 竖图
choice-landscape = 横图

command-score = 评分
command-score-about = 看看文字与图片有多相符
command-score-image = 图片
command-score-image-about = 要评分的图片，最大 10 MiB
command-score-texts = 文字
command-score-texts-about = 一段或多段文字，用 | 或换行隔开
command-score-image2 = 图片2
command-score-image2-about = 再加一张图片
command-score-image3 = 图片3
command-score-image3-about = 再加一张图片
command-score-image4 = 图片4
command-score-image4-about = 再加一张图片
