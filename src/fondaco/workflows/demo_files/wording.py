"""What the demo's buyers write: inquiries and reviews in eight languages.  All of it is invented.

Most inquiries only ask for a price.  Some ask for what the firms' catalogues do not offer: the buyer's own
label, a smaller minimum order, a certificate, samples, another pack.
"""

from __future__ import annotations

#: Language of a market's buyers, where it is not English.
LANGUAGE = {
    "AUT": "de", "CHE": "de", "CHN": "zh", "DEU": "de", "ESP": "es", "FRA": "fr", "ITA": "it", "JPN": "ja",
    "KOR": "ko",
}  # fmt: skip

#: An ordinary request for a price.
PLAIN = {
    "en": "Please quote {n} pcs of {product}, delivered.",
    "de": "Bitte um ein Angebot für {n} Stück {product}, frei Haus.",
    "it": "Vorremmo un preventivo per {n} pezzi di {product}, consegna inclusa.",
    "fr": "Merci de nous faire une offre pour {n} pièces de {product}, livraison comprise.",
    "es": "¿Nos pueden dar precio para {n} unidades de {product}, con la entrega?",
    "ko": "{product} {n}개 견적 부탁드립니다. 배송비 포함으로 알려 주세요.",
    "zh": "请报{product} {n}件的价格，含运费。",
    "ja": "{product}を{n}個、送料込みでお見積りをお願いします。",
}

#: Requests for what is not on offer.
REQUESTS = {
    "en": (
        "We would like to sell it under our own brand. Can you print our label on it?",
        "Your minimum order is too high for our small shop. Could we start with 10 pieces?",
        "Do you have an organic certificate for the EU or USDA? Our buyers ask for it.",
        "Could you send us two samples before we order? We will pay the shipping.",
        "Is a gift box available? We need it for Christmas baskets.",
        "Do you offer a larger size for restaurants?",
    ),
    "de": (
        "Können Sie das Produkt mit unserem eigenen Etikett liefern (Handelsmarke)?",
        "Ihre Mindestmenge ist für unser Geschäft zu groß. Gehen auch 12 Stück?",
        "Gibt es ein Bio-Zertifikat? Ohne können wir es nicht listen.",
        "Wir hätten gern ein Muster, bevor wir bestellen.",
        "Haben Sie auch eine Geschenkverpackung dafür?",
    ),
    "it": (
        "È possibile avere il prodotto con il nostro marchio ed etichetta privata?",
        "La quantità minima è troppo alta per noi: possiamo partire con una scatola sola?",
        "Avete la certificazione biologica da mostrare ai nostri clienti?",
        "Potete mandarci un campione prima dell'ordine?",
    ),
    "fr": (
        "Est-il possible de mettre notre marque sur l'étiquette (marque de distributeur) ?",
        "Votre commande minimum est trop élevée pour notre épicerie, peut-on commencer par six ?",
        "Avez-vous un certificat bio pour ce produit ?",
        "Pourriez-vous nous envoyer un échantillon avant la commande ?",
        "Proposez-vous un coffret cadeau ou un autre emballage ?",
    ),
    "es": (
        "¿Pueden fabricarlo con nuestra marca blanca y nuestra etiqueta?",
        "El pedido mínimo es demasiado grande para nuestra tienda, ¿podemos pedir menos?",
        "¿Tienen certificado ecológico para este producto?",
        "¿Nos pueden enviar una muestra antes del pedido?",
    ),
    "ko": (
        "저희 브랜드 라벨을 붙여서 OEM으로 납품해 주실 수 있나요?",
        "최소 주문 수량이 너무 많습니다. 20개부터 시작할 수 있을까요?",
        "식품 검사 성적서나 인증서를 보내 주실 수 있습니까?",
        "주문 전에 샘플을 받아 볼 수 있나요?",
        "선물용 포장 상자도 있나요?",
    ),
    "zh": (
        "可以贴我们自己的商标做代工吗？",
        "起订量太高了，我们是小店，可以先订十件吗？",
        "有没有原产地证书和检测报告？",
        "下单之前可以先寄一个样品吗？",
        "有礼盒包装吗？",
    ),
    "ja": (
        "自社ブランドのラベルで作っていただけますか（OEM）。",
        "最小注文数が多すぎます。10個から注文できますか。",
        "品質証明書や検査証明書はありますか。",
        "注文の前にサンプルを送ってもらえますか。",
        "ギフト用の箱はありますか。",
    ),
}

#: Titles and texts of reviews by stars; the second of three stars wishes for what is not on offer.
REVIEWS: dict[str, dict[int, tuple[tuple[str, str], ...]]] = {
    "de": {
        5: (("Sehr schön", "Leicht, robust und riecht angenehm. Kam schnell an."),),
        3: (
            ("Geht so", "Schöne Farbe, aber die Naht löst sich nach zwei Wochen."),
            ("Schade", "Gute Qualität, nur fehlt eine Geschenkverpackung. Gern auch in Größe XL."),
        ),
        1: (("Enttäuscht", "Kam beschädigt an, die Antwort dauerte neun Tage."),),
    },
    "it": {
        5: (("Bellissimo", "Materiale vero, cuciture perfette, lo ricomprerei."),),
        3: (
            ("Discreto", "Bello ma più piccolo di quanto sembri nelle foto."),
            ("Peccato", "Ottimo materiale, ma non esiste in una misura più grande."),
        ),
        1: (("Deluso", "Spedizione lentissima e scatola rotta."),),
    },
    "es": {
        5: (("Precioso", "Ligero y resistente, igual que en las fotos."),),
        3: (
            ("Normal", "Está bien, pero esperaba más bolsillos."),
            ("Casi", "Buen material, pero me gustaría una caja de regalo."),
        ),
        1: (("Mala compra", "Llegó tarde y con una mancha."),),
    },
    "ja": {
        5: (("とても良い", "軽くて手触りが良いです。また買います。"),),
        3: (
            ("普通", "色は好きですが、縫い目が少し雑です。"),
            ("惜しい", "品質は良いですが、ギフト用の箱があれば嬉しいです。"),
        ),
        1: (("残念", "箱がつぶれて届きました。"),),
    },
    "en": {
        5: (("Lovely", "Light, sturdy and smells of the forest. Arrived early."),),
        3: (
            ("All right", "Nice colour, but smaller than it looks in the pictures."),
            ("Nearly", "Well made. I wish it came in a gift box, or in a larger size."),
        ),
        1: (("Poor", "Came damaged and nobody answered for a week."),),
    },
}
