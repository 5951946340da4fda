package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The byte form of a parameter set: the sizes from which its primes follow. See [CkksForms].
final class CkksParametersForm {
  private static final int VERSION = 1;
  private static final int SIZES = 8;
  private static final int MOST_NAME_BYTES = 64;

  private CkksParametersForm() {}

  static void write(CkksParameters parameters, OutputStream out) throws IOException {
    byte[] encoded = parameters.name().getBytes(StandardCharsets.UTF_8);
    byte[] name = Arrays.copyOf(encoded, Math.min(encoded.length, MOST_NAME_BYTES));
    Frames.write(
        FormKind.CKKS_PARAMETERS,
        VERSION,
        parameters.parameterDigest(),
        1 + name.length + SIZES,
        out,
        body -> {
          body.writeByte(name.length);
          body.writeBytes(name);
          for (int size : parameters.sizes()) {
            body.writeByte(size);
          }
        });
  }

  static CkksParameters read(InputStream in) throws IOException {
    return Frames.readNext(
        in,
        new FrameExpectation(
            FormKind.CKKS_PARAMETERS, VERSION, null, 1 + SIZES, 1 + MOST_NAME_BYTES + SIZES),
        CkksParametersForm::readBody);
  }

  private static CkksParameters readBody(FrameReader in) throws IOException {
    int length = in.readByte();
    if (length > MOST_NAME_BYTES) {
      throw in.malformed("name", length + " bytes", "at most " + MOST_NAME_BYTES);
    }
    byte[] name = new byte[length];
    in.readBytes(name);
    int[] sizes = new int[SIZES];
    for (int i = 0; i < SIZES; i++) {
      sizes[i] = in.readByte();
    }
    CkksParameters parameters =
        CkksParameters.builder()
            .name(new String(name, StandardCharsets.UTF_8))
            .logDegree(sizes[0])
            .basePrimes(sizes[1], sizes[2])
            .scalePrimeBits(sizes[3])
            .primesPerLevel(sizes[4])
            .depth(sizes[5])
            .specialPrimes(sizes[6], sizes[7])
            .build();
    if (!parameters.parameterDigest().equals(in.header().digest())) {
      throw in.malformed("digest", in.header().digest().shortHex(), "that of the sizes");
    }
    return parameters;
  }
}
