package ai.cifer.homocryption.ring;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/// A provider of AES/CTR before all others that writes down the key and the initial counter block
/// of every stream of which a byte is read, while it is open. The ciphers are the JDK's.
final class StreamRecorder implements AutoCloseable {
  private static final String NAME = "StreamRecorder";
  private static final String TRANSFORMATION = "AES/CTR/NoPadding";

  private final List<String> streams = new ArrayList<>();

  StreamRecorder() {
    Security.insertProviderAt(new Recording(), 1);
  }

  /// Key and counter block in hexadecimal digits, 64 and 32.
  List<String> streams() {
    return streams;
  }

  @Override
  public void close() {
    Security.removeProvider(NAME);
  }

  private final class Recording extends Provider {
    private static final long serialVersionUID = 1;

    Recording() {
      super(NAME, "1", "records streams, for tests");
      putService(
          new Service(this, "Cipher", TRANSFORMATION, CipherSpi.class.getName(), null, null) {
            @Override
            public Object newInstance(@Nullable Object parameter) {
              return new RecordingCipher();
            }
          });
    }
  }

  private final class RecordingCipher extends CipherSpi {
    private final Cipher cipher;
    private String stream = "";
    private boolean read;

    RecordingCipher() {
      try {
        cipher = Cipher.getInstance(TRANSFORMATION, "SunJCE");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    protected void engineInit(
        int mode, Key key, AlgorithmParameterSpec parameters, @Nullable SecureRandom random)
        throws InvalidKeyException, InvalidAlgorithmParameterException {
      HexFormat hex = HexFormat.of();
      byte[] iv = ((IvParameterSpec) parameters).getIV();
      stream = hex.formatHex(key.getEncoded()) + hex.formatHex(iv);
      read = false;
      cipher.init(mode, key, parameters);
    }

    @Override
    protected int engineUpdate(byte[] in, int from, int length, byte[] out, int at)
        throws ShortBufferException {
      if (!read) {
        read = true;
        streams.add(stream);
      }
      return cipher.update(in, from, length, out, at);
    }

    @Override
    protected byte[] engineUpdate(byte[] in, int from, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineInit(int mode, Key key, SecureRandom random) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineInit(int mode, Key key, AlgorithmParameters ps, SecureRandom random) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected byte[] engineDoFinal(byte[] in, int from, int length)
        throws IllegalBlockSizeException, BadPaddingException {
      throw new UnsupportedOperationException();
    }

    @Override
    protected int engineDoFinal(byte[] in, int from, int length, byte[] out, int at) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineSetMode(String mode) {}

    @Override
    protected void engineSetPadding(String padding) {}

    @Override
    protected int engineGetBlockSize() {
      return 16;
    }

    @Override
    protected int engineGetOutputSize(int length) {
      return length;
    }

    @Override
    protected byte[] engineGetIV() {
      return cipher.getIV();
    }

    @Override
    protected AlgorithmParameters engineGetParameters() {
      return cipher.getParameters();
    }
  }
}
