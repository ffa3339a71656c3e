"""Names, things, places and units that problems are told with."""

NAMES = (
    "Mia Tom Ana Ben Lena Sam Zoe Max Eva Leo Nora Paul Ida Jack Lily Omar Ruth Finn Clara Hugo Maya Adam Nina "
    "Carl Rosa Ivan Sara Luke Emma Noah Aisha Ravi Chen Yuki Kofi Amara Diego Elif Pia Jonas Vera Otto Grace "
    "Henry Alice Bob Peter Julia Kate David Maria John Anna Oscar Theo Mary Tim Jane Lucy Dan"
).split()

#: What can be counted, carried and given away: one, many.
THINGS = [
    ("apple", "apples"),
    ("book", "books"),
    ("marble", "marbles"),
    ("sticker", "stickers"),
    ("coin", "coins"),
    ("pencil", "pencils"),
    ("card", "cards"),
    ("cookie", "cookies"),
    ("egg", "eggs"),
    ("orange", "oranges"),
    ("stamp", "stamps"),
    ("shell", "shells"),
    ("balloon", "balloons"),
    ("toy", "toys"),
    ("flower", "flowers"),
    ("candy", "candies"),
    ("pear", "pears"),
    ("lemon", "lemons"),
    ("button", "buttons"),
    ("photo", "photos"),
    ("ticket", "tickets"),
    ("muffin", "muffins"),
    ("bead", "beads"),
    ("peach", "peaches"),
    ("notebook", "notebooks"),
    ("pen", "pens"),
    ("ball", "balls"),
    ("banana", "bananas"),
    ("nut", "nuts"),
    ("stone", "stones"),
    ("crayon", "crayons"),
    ("badge", "badges"),
    ("cup", "cups"),
    ("plum", "plums"),
    ("key", "keys"),
    ("tomato", "tomatoes"),
]

#: What things lie in: one, many.
CONTAINERS = [
    ("box", "boxes"),
    ("bag", "bags"),
    ("basket", "baskets"),
    ("shelf", "shelves"),
    ("crate", "crates"),
    ("jar", "jars"),
    ("pack", "packs"),
    ("tray", "trays"),
    ("drawer", "drawers"),
    ("bucket", "buckets"),
    ("row", "rows"),
    ("pile", "piles"),
    ("carton", "cartons"),
    ("bowl", "bowls"),
]

#: What is sold: one, many.
GOODS = [
    ("pen", "pens"),
    ("book", "books"),
    ("ticket", "tickets"),
    ("shirt", "shirts"),
    ("cake", "cakes"),
    ("toy", "toys"),
    ("lamp", "lamps"),
    ("ball", "balls"),
    ("cup", "cups"),
    ("plant", "plants"),
    ("hat", "hats"),
    ("chair", "chairs"),
    ("sandwich", "sandwiches"),
    ("pizza", "pizzas"),
    ("game", "games"),
    ("scarf", "scarves"),
    ("notebook", "notebooks"),
    ("bag", "bags"),
    ("mug", "mugs"),
    ("candle", "candles"),
]

PEOPLE = ["children", "friends", "students", "people", "players", "guests", "pupils", "kids", "workers", "cousins"]

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

#: Of what one holds how many of the other: larger, smaller, how many.
UNITS = [
    ("hour", "minute", 60),
    ("minute", "second", 60),
    ("day", "hour", 24),
    ("week", "day", 7),
    ("year", "month", 12),
    ("meter", "centimeter", 100),
    ("kilometer", "meter", 1000),
    ("kilogram", "gram", 1000),
    ("dollar", "cent", 100),
    ("dozen", "egg", 12),
    ("liter", "milliliter", 1000),
    ("centimeter", "millimeter", 10),
    ("foot", "inch", 12),
    ("yard", "foot", 3),
]

PLURALS = {"foot": "feet", "inch": "inches", "century": "centuries", "dozen": "dozen"}


def invented(rng):
    """A word that is none, so that unknown names and things are copied as they stand."""
    return "".join(
        rng.choice("bdfghjklmnprstvwz") + rng.choice("aeiou") for _ in range(rng.randint(1, 3))
    ) + rng.choice(["", "n", "r", "l", "x", "ck"])


def names(rng, count):
    """As many different names; now and then one that nobody bears."""
    found = rng.sample(NAMES, count)
    return [invented(rng).capitalize() if rng.random() < 0.08 else name for name in found]


def things(rng):
    """What can be counted: one, many."""
    if rng.random() < 0.08:
        word = invented(rng)
        return word, word + "s"
    return rng.choice(THINGS)


def plural(unit, count):
    """A unit as it stands after a number."""
    return unit if count == 1 else PLURALS.get(unit, unit + "s")


def counted(count, thing):
    """A number and what it counts: `1 apple`, `5 apples`."""
    return f"{count} {thing[0] if count == 1 else thing[1]}"
