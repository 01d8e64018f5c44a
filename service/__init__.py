"""The service. This runs before anything of it imports cv2, which reads its limits once, when it is loaded."""

import os

# A few hundred kB of PNG can announce gigapixels: refused here too, behind the API's own check of headers.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(34_000_000))
