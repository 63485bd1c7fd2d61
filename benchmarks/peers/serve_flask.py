"""Serves LeNet-5 with Flask and Keras, with the weights of an ONNX model. Arguments: the model, the port."""

import logging
import sys

import numpy
import onnx
from flask import Flask, request
from keras_lenet5 import lenet5
from PIL import Image
from waitress import create_server

weights = {part.name: onnx.numpy_helper.to_array(part) for part in onnx.load(sys.argv[1]).graph.initializer}
trained = [weights[f"w_{i}"] for i in range(10)]
for kernel in (0, 2):
    trained[kernel] = trained[kernel].transpose(2, 3, 1, 0)
# the images become channels last before they are flattened
trained[4] = trained[4].reshape(16, 5, 5, 120).transpose(1, 2, 0, 3).reshape(400, 120)
model = lenet5()
model.set_weights(trained)
app = Flask(__name__)


@app.post("/predict")
def predict():
    digit = Image.open(request.files["image"].stream).convert("L").resize((28, 28))
    pixels = numpy.asarray(digit, dtype="float32").reshape(1, 28, 28, 1) / 255
    probabilities = model.predict(pixels, verbose=0)[0]
    return {"prediction": int(probabilities.argmax()), "probabilities": probabilities.tolist()}


logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # 64 clients do wait
# Flask's own server closes each connection
server = create_server(app, host="127.0.0.1", port=int(sys.argv[2]), threads=4)
print("Application startup complete.", flush=True)
server.run()
