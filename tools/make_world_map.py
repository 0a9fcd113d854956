"""Make the map of the world that the charts draw on: ``src/fondaco/charts/data/world-110m.json``.

Reads the npm package world-atlas (ISC licence), which holds Natural Earth's countries (public domain) as
TopoJSON, and writes a smaller file: the countries at 1:110 million with their ISO 3166-1 alpha-3 code,
and a point for each country too small to be drawn at that scale.  For developers only::

    npm pack world-atlas@2
    python tools/make_world_map.py world-atlas-2.0.2.tgz
"""

from __future__ import annotations

import argparse
import json
import tarfile
from pathlib import Path
from typing import Any

import pycountry

TARGET = Path(__file__).parents[1] / "src/fondaco/charts/data/world-110m.json"

#: Shapes without an ISO number; Kosovo goes by the code in common use, the others by none.
NAMED = {"Kosovo": "XKX"}

#: Not drawn: nobody sells there, and it takes a third of the height.
LEFT_OUT = {"ATA"}


def alpha3(shape: dict[str, Any]) -> str | None:
    """Return the alpha-3 code of a country of the atlas, or None where it has none."""
    country = pycountry.countries.get(numeric=shape.get("id", ""))
    return country.alpha_3 if country else NAMED.get(shape["properties"]["name"])


def read(archive: Path, member: str) -> dict[str, Any]:
    """Read one TopoJSON file of the npm archive."""
    with tarfile.open(archive) as held:
        found = held.extractfile(f"package/{member}")
        if found is None:
            raise SystemExit(f"{archive} has no {member}: is it the package world-atlas?")
        atlas: dict[str, Any] = json.load(found)
        return atlas


def centre(atlas: dict[str, Any], shape: dict[str, Any]) -> list[float]:
    """Return longitude and latitude of the middle of the country's largest ring."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    rings = [ring(atlas, polygon[0]) for polygon in polygons]
    largest = max(rings, key=extent)
    return [round((min(axis) + max(axis)) / 2, 2) for axis in zip(*largest, strict=True)]


def ring(atlas: dict[str, Any], arcs: list[int]) -> list[tuple[float, float]]:
    """Return the points of a ring in degrees; arcs hold differences of whole steps."""
    (scale_x, scale_y), (move_x, move_y) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    points = []
    for number in arcs:
        x = y = 0
        for dx, dy in atlas["arcs"][number if number >= 0 else ~number]:
            x, y = x + dx, y + dy
            points.append((x * scale_x + move_x, y * scale_y + move_y))
    return points


def extent(points: list[tuple[float, float]]) -> float:
    """Return the area of the box around the points, in square degrees."""
    xs, ys = zip(*points, strict=True)
    return float((max(xs) - min(xs)) * (max(ys) - min(ys)))


def used_arcs(arcs: Any) -> set[int]:
    """Return the numbers of all arcs in nested lists of them."""
    if isinstance(arcs, int):
        return {arcs if arcs >= 0 else ~arcs}
    return set().union(*(used_arcs(inner) for inner in arcs))


def renumbered(arcs: Any, new: dict[int, int]) -> Any:
    """Return nested lists of arcs with their new numbers; a reversed arc stays reversed."""
    if isinstance(arcs, int):
        return new[arcs] if arcs >= 0 else ~new[~arcs]
    return [renumbered(inner, new) for inner in arcs]


def world(archive: Path) -> dict[str, Any]:
    """Make the map: the countries' shapes, and points for those that have none."""
    coarse, fine = read(archive, "countries-110m.json"), read(archive, "countries-50m.json")
    shapes = [
        (alpha3(shape), shape)
        for shape in coarse["objects"]["countries"]["geometries"]
        if alpha3(shape) not in LEFT_OUT
    ]
    kept = sorted(set().union(*(used_arcs(shape["arcs"]) for _, shape in shapes)))
    new = {old: number for number, old in enumerate(kept)}
    drawn = {code for code, _ in shapes}
    points = {
        code: centre(fine, shape)
        for shape in fine["objects"]["countries"]["geometries"]
        if (code := alpha3(shape)) and code not in drawn and code not in LEFT_OUT
    }
    return {
        "topology": {
            "type": "Topology",
            "transform": coarse["transform"],
            "objects": {
                "countries": {
                    "type": "GeometryCollection",
                    "geometries": [
                        {
                            "type": shape["type"],
                            "arcs": renumbered(shape["arcs"], new),
                            "properties": {"iso_a3": code},
                        }
                        for code, shape in shapes
                    ],
                }
            },
            "arcs": [coarse["arcs"][old] for old in kept],
        },
        "points": dict(sorted(points.items())),
    }


def main() -> None:
    """Write the map from the archive that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    made = world(parser.parse_args().archive)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")
    shapes = len(made["topology"]["objects"]["countries"]["geometries"])
    print(f"{TARGET}: {shapes} shapes, {len(made['points'])} points, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
