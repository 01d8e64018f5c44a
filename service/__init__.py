"""The service. This runs before anything of it imports numpy or cv2, which read their limits when loaded."""

import os

# One thread per process for small matrix products: OpenBLAS's threads wait for each other by spinning, and
# on busy cores a product of a millisecond then takes a second (a camera's frame: 12 ms became 350 ms).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A few hundred kB of PNG can announce gigapixels: refused here too, behind the API's own check of headers.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(34_000_000))
