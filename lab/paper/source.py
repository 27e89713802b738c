"""What the paper printed, and the texts and pictures that its experiments are repeated with.

"Research on Cross-Modal Graphic Retrieval and Generation Based on Semantic Matching", Modern Linguistics 13(9), 2025,
561-573, DOI 10.12677/ml.2025.1391013 (in Chinese).
"""

from __future__ import annotations

from dataclasses import dataclass

from models.language import Language


@dataclass(frozen=True, slots=True)
class Printed:
    """A text in Chinese, in English (ours), and the score that the paper printed for it, if any."""

    chinese: str
    english: str
    score: float | None = None
    kind: str = ""

    def text(self, language: Language) -> str:
        return self.chinese if language == "zh" else self.english


TARGET_1 = "horse/OIP-_7Dax4YmCM4SX9_EQn4qLQHaFZ.jpg"  # of the gallery
TABLE_3 = (
    Printed("一匹马在吃草。", "A horse is eating grass.", 0.86),
    Printed(
        "一匹棕色的马正在低头吃干草，背景是一片田野和蓝天。",
        "A brown horse is lowering its head to eat hay, with a field and a blue sky in the background.",
        0.90,
    ),
    Printed(
        "一匹棕色的马低下头，在干枯的草地上吃草。它的鬃毛偏浅，阳光照射下呈现金黄色，前景是一片褐黄色的枯草，"
        "背景是模糊的栏杆和蓝天白云。",
        "A brown horse lowers its head and grazes on a dry meadow. Its mane is light and golden in the sunshine; in "
        "front is brownish yellow dead grass, behind are a blurred fence, a blue sky and white clouds.",
        0.97,
    ),
)

# The paper's target image 2 cannot be had; this puppy of the gallery resembles it, and these captions are ours.
TARGET_2 = "dog/dogs-vs-cats-dog.3871.jpg"
FIGURE_7 = (
    Printed("一只黄色的小狗。", "A yellow puppy."),
    Printed("一只浅黄色的幼犬，四周是一片绿色的草地。", "A pale yellow puppy with green grass all around."),
    Printed(
        "一只浅黄色的幼犬坐在绿色的草地上，抬头看着镜头。",
        "A pale yellow puppy is sitting on green grass and looks up at the camera.",
    ),
    Printed(
        "一只浅黄色的短毛小狗坐在茂密的绿草地上，歪着头看着镜头，口鼻发黑，两只耳朵垂在两边。",
        "A pale yellow, short-haired puppy is sitting on thick green grass, its head tilted towards the camera, its "
        "muzzle dark, its two ears hanging down at the sides.",
    ),
    Printed(
        "画面中央是一只从上方拍摄的幼犬，毛色浅黄，毛发短而光滑，胸前有一小块白毛，口鼻发黑，深色的眼睛望着镜头，"
        "耳朵自然下垂。它坐在一片浓密的绿色草地上，右侧的草上有一根白色的细绳，整体画面清新自然。",
        "In the middle is a puppy seen from above: its coat pale yellow, short and smooth, with a bit of "
        "white on the chest; its muzzle is dark, its dark eyes look at the camera, its ears hang down. It is sitting "
        "on a dense green lawn, a thin white string lies on the grass at the right, and the whole looks fresh.",
    ),
)

PAINTED = (
    Printed("森林中的一座游泳池。", "A swimming pool in a forest.", 0.81, "nested space"),
    Printed("来自非洲的男子在冰上奔跑。", "A man from Africa running on the ice.", 0.65, "conflicting frames"),
    Printed("躺在摇篮里的小猫。", "A kitten lying in a cradle.", 0.92, "state"),
    Printed("一只赛博朋克风格的猫", "A cat in cyberpunk style", 0.98, "abstract style"),
    Printed("锅中的鸭子", "A duck in a pot", 0.79, "metaphor"),
)

CLASSES: dict[str, str] = {  # of Animals-10, with measure word
    "horse": "一匹马",
    "dog": "一只狗",
    "cat": "一只猫",
    "butterfly": "一只蝴蝶",
    "chicken": "一只鸡",
    "elephant": "一头大象",
    "cow": "一头牛",
    "sheep": "一只羊",
    "squirrel": "一只松鼠",
    "spider": "一只蜘蛛",
}
TEMPLATES: dict[Language, tuple[str, ...]] = {
    "en": ("{}", "a {}", "a photo of a {}", "a {} outdoors", "a picture of a {}", "a {} looking at the camera"),
    "zh": ("{}", "{}的照片", "这是{}", "户外的{}", "图中有{}", "{}看着镜头"),
}

# Nothing like these is in a gallery of ten animals.
ABSENT: tuple[Printed, ...] = (
    Printed("彩虹下的一艘潜水艇", "a submarine under a rainbow"),
    Printed("一架降落的飞机", "an airplane landing"),
    Printed("木桌上的一盘意大利面", "a plate of spaghetti on a wooden table"),
    Printed("夜晚的摩天大楼", "skyscrapers at night"),
    Printed("一位弹钢琴的女人", "a woman playing the piano"),
    Printed("一辆红色的消防车", "a red fire engine"),
    Printed("雪山上的滑雪者", "a skier on a snowy mountain"),
    Printed("一艘在海上航行的帆船", "a sailing boat at sea"),
    Printed("一堆硬币", "a pile of coins"),
    Printed("打网球的男人", "a man playing tennis"),
    Printed("教堂的彩色玻璃窗", "the stained glass window of a church"),
    Printed("一台笔记本电脑", "a laptop computer"),
    Printed("一座悬索桥", "a suspension bridge"),
    Printed("一杯卡布奇诺咖啡", "a cup of cappuccino"),
    Printed("沙漠中的金字塔", "pyramids in the desert"),
    Printed("发射升空的火箭", "a rocket taking off"),
    Printed("一把电吉他", "an electric guitar"),
    Printed("拥挤的地铁站台", "a crowded subway platform"),
    Printed("一只在水下游动的鲨鱼", "a shark swimming under water"),
    Printed("一只站在冰上的企鹅", "a penguin standing on the ice"),
    Printed("火山喷发", "a volcano erupting"),
    Printed("一块手表", "a wristwatch"),
    Printed("书架上的书", "books on a shelf"),
    Printed("足球比赛", "a football match"),
    Printed("一列穿过隧道的火车", "a train coming out of a tunnel"),
    Printed("挂在墙上的油画", "an oil painting on the wall"),
    Printed("一碗草莓", "a bowl of strawberries"),
    Printed("月球上的宇航员", "an astronaut on the moon"),
    Printed("一条在池塘里的金鱼", "a goldfish in a pond"),
    Printed("一件婚纱", "a wedding dress"),
)
