"""Alibaba.com's back office: product performance, keywords of a product, hot keywords, and orders.

The tables of the back office count all countries together and say no period: the rows belong to no
market (unless a country is stated) and the period is asked for.  The number of a product has 13
digits; a spreadsheet may have given it a decimal point.  Orders are known by the fields of the order
list; the headers of the downloads of inquiries and RFQs are not publicly known, and such a file is read
as a table under ``--platform alibaba``.
"""

from __future__ import annotations

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import Cell, code, count, first_of, money, once_for

_EVERYWHERE = {"country": "unknown"}
_NOTE = "The report counts the visitors of all countries together: its rows belong to no single market."

PRODUCTS = Reader(
    name="alibaba-products",
    version=1,
    platform="alibaba",
    title="Alibaba.com product performance",
    known_by=("产品ID", "产品名称", "搜索曝光次数", "搜索点击次数"),
    mapping=Mapping(
        name="Alibaba.com product performance",
        table="traffic",
        platform="alibaba",
        columns={
            "sku": "产品ID",
            "product": "产品名称",
            "impressions": "搜索曝光次数",
            "clicks": "搜索点击次数",
            "visitors": "访问人数",
            "inquiries": "询盘个数",
        },
        constants=_EVERYWHERE,
        styles=dict.fromkeys(("impressions", "clicks", "visitors", "inquiries"), "."),
    ),
    optional=("visitors", "inquiries"),
    expressions={
        "sku": code("产品ID"),
        "impressions": count("搜索曝光次数"),
        "clicks": count("搜索点击次数"),
        "visitors": count("访问人数"),
        "inquiries": count("询盘个数"),
    },
    notes=(_NOTE,),
)

PRODUCT_KEYWORDS = Reader(
    name="alibaba-product-keywords",
    version=1,
    platform="alibaba",
    title="Alibaba.com keywords of a product",
    known_by=("关键词", "搜索曝光次数", "搜索点击次数", "直通车曝光次数", "商品详情页访问人数"),
    mapping=Mapping(
        name="Alibaba.com keywords of a product",
        table="ads",
        platform="alibaba",
        columns={
            "term": "关键词",
            "impressions": "搜索曝光次数",
            "clicks": "搜索点击次数",
            "orders": "店内订单买家人数",
        },
        constants={**_EVERYWHERE, "currency": "USD"},
        styles=dict.fromkeys(("impressions", "clicks", "orders"), "."),
    ),
    optional=("orders",),
    expressions={
        "impressions": count("搜索曝光次数"),
        "clicks": count("搜索点击次数"),
        "orders": count("店内订单买家人数"),
    },
    notes=(_NOTE, "It states no spending."),
)

HOT_KEYWORDS = Reader(
    name="alibaba-hot-keywords",
    version=1,
    platform="alibaba",
    title="Alibaba.com hot keywords",
    known_by=("关键词", "搜索指数", "搜索涨幅", "卖家规模指数"),
    mapping=Mapping(
        name="Alibaba.com hot keywords",
        table="ads",
        platform="alibaba",
        columns={"term": "关键词", "searches": "搜索指数"},
        constants={**_EVERYWHERE, "currency": "USD", "campaign": "(hot keywords)"},
        styles={"searches": "."},
    ),
    expressions={"searches": count("搜索指数")},
    notes=("Hot keywords tell what the whole platform searches for: nothing of the firm's own advertising.",),
)


def _amount(cell: Cell) -> str:
    """Return the order's total once, where its lines have no price and quantity of their own."""
    total = once_for(code("id"), money("totalAmount"))(cell)
    price, units = cell("lines.unitPrice"), cell("lines.quantity")
    if "NULL" in (price, units):
        return total
    return f"CASE WHEN {price} IS NULL OR {units} IS NULL THEN {total} END"


def _buyer(cell: Cell) -> str:
    return first_of("buyer.email", "buyer.companyName")(cell)


ORDERS = Reader(
    name="alibaba-orders",
    version=1,
    platform="alibaba",
    title="Alibaba.com orders",
    known_by=("createDate", "status", "buyer.companyName", "buyer.country", "totalAmount", "receivedAmount"),
    mapping=Mapping(
        name="Alibaba.com orders",
        platform="alibaba",
        columns={
            "order": "id",
            "product": "lines.name",
            "quantity": "lines.quantity",
            "unit_price": "lines.unitPrice",
            "amount": "totalAmount",
            "currency": "currency",
            "at": "createDate",
            "buyer": "buyer.email",
            "buyer_company": "buyer.companyName",
            "country": "buyer.country",
            "status": "status",
        },
        styles={"quantity": ".", "unit_price": ".", "amount": "."},
        carry=("at", "country", "currency", "buyer", "buyer_company", "status"),
        void_status=("cancelled", "canceled", "closed", "已取消", "交易关闭"),
    ),
    instead={"buyer": ("buyer.companyName",)},
    optional=("product", "quantity", "unit_price", "buyer", "currency"),
    expressions={
        "order": code("id"),
        "amount": _amount,
        "quantity": count("lines.quantity"),
        "unit_price": money("lines.unitPrice"),
        "buyer": _buyer,
    },
)
