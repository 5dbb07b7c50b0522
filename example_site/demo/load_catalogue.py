"""The shared catalogue: Oscar's categories and products, and what we know of each product."""

from oscar.core.loading import get_model

from example_site.demo.files import months, rows
from example_site.demo.sync import Tally, in_both, sync
from oscar_marketplace.models import CatalogueEntry, TaxCategory

Category = get_model("catalogue", "Category")
Product = get_model("catalogue", "Product")
ProductCategory = get_model("catalogue", "ProductCategory")
ProductClass = get_model("catalogue", "ProductClass")

#: Products are told apart from a city's own by their code, which Oscar calls UPC.
CODE_PREFIX = "gdl-"


def load_catalogue(tally: Tally) -> dict[str, Product]:
    """The catalogue as the files have it; products by the files' code."""
    categories = _load_categories(tally)
    goods = sync(
        ProductClass,
        [{"slug": "mercado", "name": "Mercado", "requires_shipping": False, "track_stock": False}],
        key=("slug",),
        tally=tally,
    )["mercado"]
    synced = sync(Product, (_product(row, goods) for row in rows("products")), key=("upc",), tally=tally)
    products = {code.removeprefix(CODE_PREFIX): product for code, product in synced.items()}
    taxes = dict(TaxCategory.objects.values_list("code", "pk"))
    sync(
        CatalogueEntry,
        (_entry(row, products[row["code"]], taxes) for row in rows("products")),
        key=("product_id",),
        tally=tally,
    )
    sync(
        ProductCategory,
        (
            {"product_id": products[row["code"]].pk, "category_id": categories[row["category"]].pk}
            for row in rows("products")
        ),
        key=("product_id", "category_id"),
        tally=tally,
    )
    return products


def _load_categories(tally: Tally) -> dict[str, Category]:
    # A tree cannot be written in bulk: every node's path depends on its elder sibling's.
    found = {category.slug: category for category in Category.objects.all()}
    for row in rows("categories"):
        words = {
            "slug": row["code"],
            **in_both(Category, "name", row["name_es"], row["name_en"]),
        }
        category = found.get(row["code"])
        if category is None:
            parent = found.get(row["parent"])
            if parent is not None:
                parent.refresh_from_db()
            found[row["code"]] = parent.add_child(**words) if parent else Category.add_root(**words)
            tally.add(1, 0)
        elif any(getattr(category, name) != value for name, value in words.items()):
            Category.objects.filter(pk=category.pk).update(**words)
            tally.add(0, 1)
    return found


def _product(row: dict[str, str], goods: ProductClass) -> dict:
    return {
        "upc": CODE_PREFIX + row["code"],
        "slug": row["code"],
        "product_class_id": goods.pk,
        "structure": Product.STANDALONE,
        "is_public": True,
        **in_both(Product, "title", row["name_es"], row["name_en"]),
        **in_both(Product, "description", row["about_es"], row["about_en"]),
    }


def _entry(row: dict[str, str], product: Product, taxes: dict[str, int]) -> dict:
    return {
        "product_id": product.pk,
        "tax_category_id": taxes[row["tax"]],
        "icon": row["icon"],
        "hue": row["hue"],
        "season_months": ",".join(str(month) for month in months(row["season"])),
    }
