"""Pictures: drawn anew in other sizes, in bounded memory, upright, without metadata."""

from apps.core.images.drawing import (
    AVIF,
    DRAWABLE_TYPES,
    WEBP,
    DrawnImage,
    ImageTooLarge,
    InvalidImage,
    draw_image,
    draws_avif,
)

__all__ = [
    "AVIF",
    "DRAWABLE_TYPES",
    "WEBP",
    "DrawnImage",
    "ImageTooLarge",
    "InvalidImage",
    "draw_image",
    "draws_avif",
]
