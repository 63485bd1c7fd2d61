"""Serves an ONNX model with FastAPI and ONNX Runtime; started by uvicorn. MODEL names the file."""

import io
import os

import numpy
import onnxruntime
from fastapi import FastAPI, UploadFile
from PIL import Image

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
app = FastAPI()


# not in a thread pool, which would cost more than the inference
@app.post("/predict")
async def predict(image: UploadFile):
    digit = Image.open(io.BytesIO(await image.read())).convert("L").resize((28, 28))
    pixels = numpy.asarray(digit, dtype="float32").reshape(1, 1, 28, 28) / 255
    probabilities = session.run(["probabilities"], {"image": pixels})[0][0]
    return {"prediction": int(probabilities.argmax()), "probabilities": probabilities.tolist()}
