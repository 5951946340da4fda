package ai.cifer.training.data;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// Decodes PNG and JPEG images into pixels of 0 to 255, channel by channel.
final class Images {

  /// A larger image is read with every second, third, ... pixel, so that a small file cannot become
  /// gigabytes: 4 MB of pixels at 4 bytes each are 16 MB.
  private static final long MAX_PIXELS = 1L << 22;

  private static final int MAX_SIDE = 1 << 16;

  static {
    ImageIO.setUseCache(false);
  }

  private Images() {}

  /// @param channels 1 (grey) or 3 (red, green, blue)
  record Size(int channels, int height, int width) {
    static Size of(List<Integer> shape) {
      return new Size(shape.get(0), shape.get(1), shape.get(2));
    }

    List<Integer> shape() {
      return List.of(channels, height, width);
    }

    int values() {
      return channels * height * width;
    }
  }

  /// Whether the first bytes are those of a PNG or JPEG file.
  static boolean isImage(byte[] file) {
    boolean png = file.length > 8 && file[0] == (byte) 0x89 && file[1] == 'P' && file[2] == 'N';
    boolean jpeg = file.length > 3 && file[0] == (byte) 0xFF && file[1] == (byte) 0xD8;
    return png || jpeg;
  }

  /// What the header says.
  static Size size(byte[] file) throws IOException {
    return read(
        file,
        reader -> {
          int bands =
              reader.getRawImageType(0) == null ? 3 : reader.getRawImageType(0).getNumBands();
          return new Size(bands <= 2 ? 1 : 3, reader.getHeight(0), reader.getWidth(0));
        });
  }

  /// Decodes into `out[at...]`, brought to `size` where it has another one.
  static void decode(byte[] file, Size size, float[] out, int at) throws IOException {
    BufferedImage image = read(file, Images::image);
    BufferedImage fitted = fitted(image, size);
    int plane = size.width() * size.height();
    int[] line = new int[size.width()];
    for (int y = 0; y < size.height(); y++) {
      fitted.getRGB(0, y, size.width(), 1, line, 0, size.width());
      for (int x = 0; x < size.width(); x++) {
        int rgb = line[x];
        int place = at + y * size.width() + x;
        if (size.channels() == 1) {
          out[place] = grey(fitted, x, y, rgb);
        } else {
          out[place] = rgb >> 16 & 0xff;
          out[place + plane] = rgb >> 8 & 0xff;
          out[place + 2 * plane] = rgb & 0xff;
        }
      }
    }
  }

  /// A grey image's own value: its colour model would convert it to sRGB first. Of colours the luma
  /// of BT.601, in integers.
  private static int grey(BufferedImage image, int x, int y, int rgb) {
    if (image.getType() == BufferedImage.TYPE_BYTE_GRAY) {
      return image.getRaster().getSample(x, y, 0);
    }
    return (299 * (rgb >> 16 & 0xff) + 587 * (rgb >> 8 & 0xff) + 114 * (rgb & 0xff) + 500) / 1000;
  }

  private static BufferedImage fitted(BufferedImage image, Size size) {
    if (image.getWidth() == size.width() && image.getHeight() == size.height()) {
      return image;
    }
    boolean grey = image.getType() == BufferedImage.TYPE_BYTE_GRAY;
    BufferedImage out =
        new BufferedImage(
            size.width(),
            size.height(),
            grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = out.createGraphics();
    canvas.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    canvas.drawImage(image, 0, 0, size.width(), size.height(), null);
    canvas.dispose();
    return out;
  }

  private static BufferedImage image(ImageReader reader) throws IOException {
    ImageReadParam read = reader.getDefaultReadParam();
    int step = 1;
    while ((long) reader.getWidth(0) / step * (reader.getHeight(0) / step) > MAX_PIXELS) {
      step++;
    }
    read.setSourceSubsampling(step, step, 0, 0);
    return reader.read(0, read);
  }

  /// Asks a reader.
  @FunctionalInterface
  private interface Question<T> {
    T ask(ImageReader reader) throws IOException;
  }

  private static <T> T read(byte[] file, Question<T> question) throws IOException {
    if (!isImage(file)) {
      throw new IOException("not a PNG or JPEG image");
    }
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("not a PNG or JPEG image");
      }
      ImageReader reader = readers.next();
      try {
        // Without metadata: a PNG's compressed texts would be expanded.
        reader.setInput(in, true, true);
        if (reader.getWidth(0) > MAX_SIDE || reader.getHeight(0) > MAX_SIDE) {
          throw new IOException(
              "image of %d x %d pixels (expected: at most %d)"
                  .formatted(reader.getWidth(0), reader.getHeight(0), MAX_SIDE));
        }
        return question.ask(reader);
      } finally {
        reader.dispose();
      }
    } catch (RuntimeException malformed) {
      // The JDK's readers throw these on malformed files.
      throw new IIOException("malformed image", malformed);
    }
  }
}
