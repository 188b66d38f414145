"""What a page or an office puts around the text: letterheads, numbers, addressees, signatures, page numbers, share and copyright lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from policy_themes.tagging.text import normalise

__all__ = [
    "DATE",
    "DOCUMENT_NUMBER",
    "ends_the_text",
    "is_bare",
    "is_boilerplate",
    "is_date",
    "is_field",
    "is_label",
    "is_menu",
    "is_minutes_field",
]

_HAN = re.compile(r"[\u3400-\u9fff]")
_HAN_YEAR = "[二一][〇零○0oO九八七六五四三二一]{3}"
DATE = re.compile(
    rf"(?:(?:19|20)\d\d|{_HAN_YEAR})\s?年\s?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s?月\s?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s?日"
    r"|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?!\d)"
)
_MASKED_DATE = re.compile(r"(?:19|20)[\dx×*]{2}年[\dx×*]{1,2}月(?:[\dx×*]{1,2}日)?")
# 教发〔2020〕5号, with the brackets as they come: wrong ones, half of them, or none.
DOCUMENT_NUMBER = re.compile(
    r"[一-鿿X×x]{1,12}[〔\[(【{〈<﹝]?\s?(?:19|20)\d\d\s?[〕\])】}〉>﹞]?\s?(?:第\s?)?\d{1,4}\s?号"
)

# Labels of the table that a government site sets above a document; a value may follow behind a space, or on the next line.
_FIELDS = (
    "(?:信息)?索引号|文件编号|效力状况|公文种类|所属机构|体裁|主题分类|信息分类|服务对象|体裁分类|组配分类|公开方式|公开形式|公开类别|公开范围|发布机构|发文机关|发文单位|发布单位|发文字号|备注/文号|文号|信息名称|"
    "有效性|时效性?|有效期|生效日期|废止日期|发文日期|成文日期|公文生成日期|生成日期|公开日期|印发日期|内容概述|内容摘要|主题词|标题|名称"
)
_LABELS = (
    f"{_FIELDS}|发布时间|发布日期|更新时间|更新日期|录入时间|添加时间|信息来源|文章来源|稿件来源|来源|作者|供稿|撰稿|"
    "责任编辑|责编|编辑|审核|校对|初审|复审|终审|签发人?|浏览次数|浏览量|阅读次数|阅读量|点击数?|点击量|点击率|访问量|字体|字号|文字大小|"
    "关键词|关键字|办理结果|办理类别|抄送|抄报|报|送|发|主送|报送|分送|发送|联系人(?:及电话)?|咨询人|解读机关|解读单位|解读人|政策解读|文件解读|图解|关联解读|述职人|汇报人|报告人|承诺人|申请人|制表人|填表人|撰写人|执笔人|(?:联系|咨询|监督|举报|招生|报名|服务|投诉|值班)(?:举报|投诉)?(?:电话|热线)|联系方式|电话|传真|邮编|邮政编码|地址|电子邮箱|邮箱|网址|附件下载|相关附件|文件下载|关联文件|"
    "主办单位|主办|承办单位|承办|技术支持|网站标识码|版权所有|分享到?|扫一扫|密级|保密期限|签收人?|打印日期|相关热词搜索|标签"
)
_LABELLED = re.compile(rf"[\[【(•·|\s]*(?:{_LABELS})[\]】)]?\s*[::]")
_FIELD = re.compile(rf"[•·|\s]*(?:{_FIELDS})\s*(?:[::]|\s|$)")
_MINUTES = re.compile(
    r"(?:会议)?(?:时间|地点|主持人?|出席(?:人员|人)?|列席(?:人员|人)?|缺席(?:人员|人)?|请假(?:人员)?|记录人?|参加(?:人员|人)|参会人员|与会人员)\s*:"
)
_MENU = re.compile(
    r"网站首页|首\s?页|机构(?:设置|职能|概况|简介)|领导(?:简介|之窗)|通知公告|公示公告|(?:政务|政府信息|信息)公开(?:目录|指南|年报)?|新闻(?:中心|动态)|教育(?:要闻|新闻|动态|资讯)|"
    "工作动态|政策(?:法规|文件|解读)|办事(?:服务|指南)|互动交流|政民互动|在线(?:咨询|服务|办事)|网上办事|专题专栏|下载中心|图片新闻|校园风采|学校(?:概况|简介)|局长信箱"
)
_TOOLS = "首页|打印|关闭|收藏|分享|下载|登录|注册|搜索|纠错|大|中|小|默认|\\+|-|联系我们|网站地图|设为首页|加入收藏|法律声明|微博|微信"
_WHOLE = re.compile(
    r"(?:"
    r"[-—–−_·~\s]*\d{1,4}[-—–−_·~\s]*"  # page numbers
    r"|第?\s?\d{1,4}\s?页?\s?[/,共]\s?共?\s?\d{1,4}\s?页?"
    r"|第\s?\d{1,4}\s?页"
    r"|目\s*录|contents|\W*"
    r"|.{0,30}[.…·]{4,}\s*\d{1,4}"  # a line of a table of contents
    r"|(?:当前|您(?:现在)?的?|所在)?位置\s?[::].*|首页\s?[>»/›-].*|[^>»›<。,;:]{1,12}(?:\s?[>»›]\s?[^>»›<。,;]{1,16}){1,6}"
    r"|[•·|\s]*(?:首页|网站首页|返回(?:首页|顶部|列表|上一页|目录)?|(?:我要|全文)?打印(?:本页|此页|页面)?|关闭(?:窗口|本页|页面)?|(?:我要)?收藏(?:本文)?|(?:文章)?分享|(?:全文|点击)?下载"
    r"|登录|注册|搜索|纠错|我要纠错|大|中|小|默认|\+|-|无障碍(?:浏览|阅读)?|长者(?:模式|版)|手机版|繁体(?:版)?|English|网站地图|联系我们|关于我们|设为首页|加入收藏"
    rf"|隐私(?:声明|保护)|法律声明|友情链接|微博|微信|qq空间|朋友圈|新浪微博)(?:[\s|/•·【】\[\]()]+(?:{_TOOLS}))*[】\])\s]*"
    r"|[\[【(](?:打印|关闭|收藏|字体|字号|大|中|小|返回|下载|分享|纠错|本页|此页|页面|窗口|\s|[|/:】\]\[【])+[\]】)].*"
    rf"|(?:{_MENU.pattern})(?:[\s|·/]+(?:{_MENU.pattern})){{1,20}}"
    r"|[一-鿿]{2,20}(?:门户网站|政务网|教育网|信息网|官方网站|政府网)"
    r"|今天是.{0,30}|您好,欢迎.{0,30}|欢迎(?:访问|光临|来到|您).{0,30}|您?是第.{1,12}位访(?:客|问者)"
    r"|.{0,8}(?:点击|长按|扫码).{0,12}关注.{0,10}|end|[点在分](?:赞|看|享)(?:\s+[点在分收](?:赞|看|享|藏))*"
    r"|[^。,;]{2,20}\s(?:19|20)\d\d年\d{1,2}月\d{1,2}日\s\d{1,2}:\d\d.{0,10}"
    r"|(?:上|下)一(?:篇|条|页)(?:\s?[::].*)?"
    r"|.{0,12}(?:扫一扫|扫描(?:下方|上方)?二维码|长按识别).{0,20}"
    r"|分享到.{0,20}|.{0,20}(?:字体|字号)\s?[::].{0,30}"
    r"|.{0,40}(?:copyright|©|版权所有|all rights reserved|icp备|公网安备|网安备|网站标识码).{0,80}"
    r"|.{0,30}(?:办公室|委员会|局|厅|部|校)\s*(?:19|20)\d\d年\d{1,2}月\d{1,2}日印发.{0,10}"
    r"|(?:阅读|浏览|人气|热度|点击|访问)\s?[::]?\s?\d+\s?次?"
    r"|\((?:(?:特约|本报|本网)?(?:记者|通讯员)|供稿|作者|文/|图/|摄影|来源|责任?编辑?)[^()]{0,40}\)|\([^()]{2,30}(?:供稿|摄影|报道|图文)\)"
    r"|\((?:根据.{2,12}整理|(?:19|20)\d\d年\d{1,2}月\d{1,2}日[^()]{0,60}(?:通过|修订|修正|发布|公布|印发|施行))[^()]{0,40}\)"
    r"|[〔\[(]?(?:19|20)\d\d[〕\])]?\s?(?:年?第)?\s?\d{1,4}\s?[号期]|\(?(?:总\s?)?第\s?[\d一二三四五六七八九十]{1,4}\s?期\)?(?:\s?\(?总第?\s?\d{1,4}\s?期?\)?)?|.{2,30}[编主办印]{1,2}\s+(?:19|20)\d\d年\d{1,2}月\d{1,2}日|回\s*执(?:单|条|联)?|[-—–=_*·.~\s]{6,}"
    r"|(?:[^:。,;]{2,12}:\s*){2,6}"  # a form to fill in
    r"|请输入.{0,10}"
    r"|此致|敬礼!?|特此(?:通知|公告|通告|公示|函告|函复|函达|报告|批复|说明|证明|致函)[。!]?|\(完\)"
    r"|\(?此件(?:主动|依申请|不予)?公开.{0,6}\)?|\(?(?:公开|内部)(?:发布|发行|资料.{0,8})\)?|特急|加急|急件|机密|秘密"
    r"|附\s?[件表]?\s?\d{0,2}\s?[::.]|附\s?[件表]\s?(?:\d{1,2}|[一二三四五六七八九十])?|附\s?[件表]\s?\d{0,2}\s?[::][^。]{0,80}。?|附\s?:[^。,]{0,60}"
    r"|.{0,40}(?:共印|打字|印数)\s?\d+\s?份.{0,10}"
    r")",
    re.IGNORECASE,
)
_STAMP = re.compile(  # 2020-03-17 09:41 来源:…
    rf"(?:(?:时间|日期)\s?:\s?)?(?:{DATE.pattern})\s*(?:\d{{1,2}}:\d\d(?::\d\d)?)?\s*(?:\d{{1,6}}|(?:{_LABELS}|阅读)\s?:.*)?"
)
# 各县(市、区)教育局,局直属各学校: those whom it is sent to. 同志们: and 各位老师: open a speech and stay.
_SENT_TO = (
    "局|厅|委|部门|学校|单位|院校|高校|处室|科室|中心|政府|办事处|幼儿园|机构|公司|中学|小学|学院|大学|集团|室|校|学区|"
    "负责人|校长|园长|股|团体"
)
_ADDRESSEES = re.compile(rf".{{1,120}}(?:{_SENT_TO})(?:\([^()]{{1,20}}\))?\s*:")
_OPENS_ADDRESS = re.compile(
    r"(?:各(?!位)|全[市县区省校][各体]|本局各|[一-鿿]{2,14}(?:局|厅|委|政府|学校|中心|督导室)[,、:(])"
)
_LONGEST = 200  # characters: a longer line is text
_NO_LABEL_VALUE = 60  # characters: a longer line that begins like a label is a sentence
_TAIL = re.compile(
    r"[\s•·|]*(?:相关(?:热词|链接|阅读|文章|新闻|信息|推荐|文档|资料)|热点文章|热门(?:文章|推荐|阅读)|推荐(?:阅读|文章)|猜你喜欢|最新(?:文章|信息)|上一篇|延伸阅读|网友评论|发表评论|友情链接)"
)


@lru_cache(maxsize=8192)
def is_boilerplate(line: str) -> bool:
    """Whether a line, by its own words, is none of the document's text."""
    if len(line) > _LONGEST:
        return False
    plain = normalise(line).strip()
    if _WHOLE.fullmatch(plain) or is_date(plain) or _STAMP.fullmatch(plain):
        return True
    if (
        len(plain) <= 3 * _NO_LABEL_VALUE
        and _LABELLED.match(plain)
        and not ("。" in plain and len(plain) > _NO_LABEL_VALUE)
    ):
        return True
    if len(plain) <= 40 and DOCUMENT_NUMBER.fullmatch(re.sub(r"\s+|签发人.*$", "", plain)):
        return True
    return bool(_OPENS_ADDRESS.match(plain) and _ADDRESSEES.fullmatch(plain) and "。" not in plain)


def is_label(cell: str) -> bool:
    """Whether a cell of a table is a label such as 索引号 or 发布机构."""
    return re.fullmatch(rf"(?:{_LABELS})[::]?", normalise(cell).strip()) is not None


def is_field(line: str) -> bool:
    """Whether a line begins like one of the table above a document on a government site, colon or not."""
    return _FIELD.match(normalise(line[:40])) is not None


@lru_cache(maxsize=4096)
def is_menu(line: str) -> bool:
    """Whether a line is an entry of a site's menu, such as 通知公告; one alone may be a heading."""
    return len(line) <= 10 and _MENU.fullmatch(normalise(line).strip()) is not None


def is_minutes_field(line: str) -> bool:
    """Whether a line is of the head of minutes: 时间:, 出席:, 记录:."""
    return _MINUTES.match(normalise(line[:20])) is not None


@lru_cache(maxsize=4096)
def is_date(line: str) -> bool:
    """Whether a line is a date, in brackets or not, as under a signature."""
    plain = normalise(line[:40]).strip().strip("()[]") if len(line) <= 40 else ""
    return (DATE.fullmatch(plain) or _MASKED_DATE.fullmatch(plain)) is not None


@lru_cache(maxsize=4096)
def ends_the_text(line: str) -> bool:
    """Whether a web page's own links begin at this line."""
    return len(line) <= 60 and _TAIL.match(normalise(line)) is not None


def is_bare(cells: Sequence[str]) -> bool:
    """Whether a row is a table's header, or names something and gives its figures: nothing is said in it."""
    lengths = [len(_HAN.findall(cell)) for cell in cells]
    said = sorted(lengths)
    if lengths[0] and len(cells) > 1 and said[-1] <= 12 and said[-2] == 0:
        return True
    return said[-1] <= 6 and (sum(said) < 8 or not any(character.isdigit() for cell in cells for character in cell))
