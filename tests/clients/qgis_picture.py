"""Makes docs/qgis.png: QGIS with the layers of the demo, two of them filtered.

HATANG_URL=… PICTURE=docs/qgis.png LANG=vi_VN.UTF-8 xvfb-run -s '-screen 0 1400x900x24' \
    qgis --nologo --noversioncheck --noplugins --profiles-path "$(mktemp -d)" --code tests/clients/qgis_picture.py"""

import os

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFillSymbol,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsProject,
    QgsRectangle,
    QgsRendererCategory,
    QgsSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

BASE = os.environ["HATANG_URL"] + "/api/v1"
DISTRICT = QgsRectangle(105.64, 19.73, 105.76, 19.86)


def layer(collection, title, address=""):
    return QgsVectorLayer(f"url='{BASE}{address}' typename='{collection}'", title, "OAPIF")


def communes_of_2023():
    shown = layer("communes", "Xã, phường 20/09/2023", "/as-of/2023-09-20")
    shown.renderer().setSymbol(QgsFillSymbol.createSimple({"color": "244,240,230", "outline_color": "130,130,130"}))
    settings, text = QgsPalLayerSettings(), QgsTextFormat()
    text.setSize(8)
    settings.fieldName = "name"
    settings.setFormat(text)
    shown.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    shown.setLabelsEnabled(True)
    return shown


def towers_of_vnpt():
    shown = layer("towers", "Trạm BTS VNPT")
    shown.setSubsetString("\"operator\" = 'vnpt'")
    shown.renderer().setSymbol(QgsMarkerSymbol.createSimple({"name": "triangle", "color": "#27ae60", "size": "3.2"}))
    return shown


def cameras_since_2022():
    shown = layer("cameras", "Camera lắp từ 2022")
    shown.setSubsetString("to_date(\"installed_on\") >= '2022-01-01'")
    kinds = [("commune_police", "#1d5f9a", "Công an xã"), ("", "#888888", "khác")]
    dot = {color: QgsMarkerSymbol.createSimple({"color": color, "size": "2.4"}) for _, color, _ in kinds}
    categories = [QgsRendererCategory(value, dot[color], label) for value, color, label in kinds]
    shown.setRenderer(QgsCategorizedSymbolRenderer("managing_level", categories))
    return shown


def open_layers():
    window = iface.mainWindow()
    QgsSettings().setValue("qgis/dockAttributeTable", True)
    for dock in window.findChildren(QDockWidget):
        if dock.objectName() == "Browser":
            dock.hide()
    window.resize(1380, 880)
    cameras = cameras_since_2022()
    for shown in (communes_of_2023(), towers_of_vnpt(), cameras):
        QgsProject.instance().addMapLayer(shown)
    QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    iface.setActiveLayer(cameras)
    iface.showAttributeTable(cameras)
    QTimer.singleShot(2000, lambda: iface.mapCanvas().setExtent(DISTRICT))
    QTimer.singleShot(2500, iface.mapCanvas().refresh)
    QTimer.singleShot(9000, save)


def save():
    iface.mainWindow().grab().save(os.environ["PICTURE"])
    os._exit(0)


QTimer.singleShot(4000, open_layers)
