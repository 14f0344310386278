"""Runs in QGIS's own Python: prints what a layer is and which rows it shows, as JSON, one line a question.

Usage: qgis_rows.py URL [TOKEN] < questions, each [layer, filter]."""

import json
import os
import sys

from qgis.core import QgsApplication, QgsVectorLayer

app = QgsApplication([], False)
app.initQgis()
errors = []
QgsApplication.messageLog().messageReceived.connect(lambda text, tag, level: errors.append(text))
layers = {}
account = f"username='me' password='{sys.argv[2]}'" if len(sys.argv) > 2 else ""
for line in sys.stdin:
    layer, condition = json.loads(line)
    if layer not in layers:
        layers[layer] = QgsVectorLayer(f"url='{sys.argv[1]}' typename='{layer}' {account}", layer, "OAPIF")
    shown = layers[layer]
    errors.clear()
    shown.setSubsetString(condition or "")
    rows = sum(1 for _ in shown.getFeatures())
    app.processEvents()
    fields = {field.name(): field.typeName() for field in shown.fields()}
    print(json.dumps({"valid": shown.isValid(), "rows": rows, "fields": fields, "errors": errors}), flush=True)
os._exit(0)  # QGIS crashes when it ends in this order
