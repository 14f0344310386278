"""Runs in QGIS's own Python: draws vector tiles of a rectangle, and prints how many pixels are not white.

Usage: qgis_tiles.py URL < rectangles, each [west, south, east, north] in degrees."""

import json
import os
import sys

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorTileLayer(f"type=xyz&url={sys.argv[1].replace('&', '%26')}&zmin=0&zmax=18", "tiles")
assert layer.isValid()
degrees, metres = (QgsCoordinateReferenceSystem(name) for name in ("EPSG:4326", "EPSG:3857"))
for line in sys.stdin:
    extent = QgsCoordinateTransform(degrees, metres, QgsProject.instance()).transform(QgsRectangle(*json.loads(line)))
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(metres)
    settings.setExtent(extent)
    settings.setOutputSize(QSize(400, 400))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    dots = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    print(sum(dot != QColor("white") for dot in dots), flush=True)
os._exit(0)  # QGIS crashes when it ends in this order
