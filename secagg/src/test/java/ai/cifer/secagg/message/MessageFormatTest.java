package ai.cifer.secagg.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.secagg.TestFederation;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.MalformedMessage;
import ai.cifer.secagg.message.Samples.Sample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Hostile bytes: whatever is accepted is canonical, and nothing is allocated on their word.
class MessageFormatTest {
  private final RandomGenerator random = TestFederation.random(11);
  private final List<Sample> samples = new Samples(random).all();

  private static void assertMalformed(Sample sample, byte[] bytes) {
    assertThatThrownBy(() -> sample.decode().apply(bytes)).isInstanceOf(MalformedMessage.class);
  }

  @Test
  void everyTruncationIsRefused() {
    for (Sample sample : samples) {
      byte[] bytes = sample.message().encode();
      int step = Math.max(1, bytes.length / 500);
      for (int length = 0; length < bytes.length; length += step) {
        assertMalformed(sample, Arrays.copyOf(bytes, length));
      }
      assertMalformed(sample, Arrays.copyOf(bytes, bytes.length - 1));
    }
  }

  @Test
  void trailingBytesAreRefused() {
    for (Sample sample : samples) {
      byte[] bytes = sample.message().encode();
      assertMalformed(sample, Arrays.copyOf(bytes, bytes.length + 1));
    }
  }

  @Test
  void anotherVersionOrTypeIsRefused() {
    for (Sample sample : samples) {
      byte[] bytes = sample.message().encode();
      bytes[1 + bytes[0]]++;
      assertMalformed(sample, bytes);
      for (Sample other : samples) {
        if (!other.message().getClass().equals(sample.message().getClass())) {
          assertMalformed(sample, other.message().encode());
        }
      }
    }
  }

  @Test
  void changedBytesAreRefusedOrCanonical() {
    for (Sample sample : samples) {
      byte[] bytes = sample.message().encode();
      for (int trial = 0; trial < 3000; trial++) {
        byte[] changed = bytes.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
          // Small positions are hit often: there are the lengths and counts.
          int bound = random.nextBoolean() ? Math.min(200, bytes.length) : bytes.length;
          changed[random.nextInt(bound)] = (byte) random.nextInt(256);
        }
        try {
          assertThat(sample.decode().apply(changed).encode()).isEqualTo(changed);
        } catch (MalformedMessage refused) {
          assertThat(refused).hasMessageStartingWith("cifer.");
        }
      }
    }
  }

  @Test
  void randomBytesAreRefused() {
    for (Sample sample : samples) {
      for (int trial = 0; trial < 200; trial++) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        assertMalformed(sample, bytes);
      }
      assertMalformed(sample, new byte[0]);
    }
  }

  @Test
  void aHugeCountIsRefusedBeforeAnythingIsAllocated() {
    Cohort empty = new Cohort(Bytes.zeros(32), 0, 0, List.of());
    byte[] bytes = empty.encode();
    for (int count : new int[] {1, 65_536, 65_537, Integer.MAX_VALUE, -1}) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 4, count);
      assertThatThrownBy(() -> Cohort.decode(bytes)).isInstanceOf(MalformedMessage.class);
    }
  }

  @Test
  void namesInAnotherOrderOrTwiceAreRefused() {
    Cohort.Entry a = new Cohort.Entry("a", Bytes.zeros(32));
    Cohort.Entry b = new Cohort.Entry("b", Bytes.zeros(32));
    Cohort good = new Cohort(Bytes.zeros(32), 0, 0, List.of(a, b));
    byte[] bytes = good.encode();
    int first = bytes.length - 2 * (4 + 1 + 32);
    byte[] twice = bytes.clone();
    twice[first + 4] = 'b';
    assertThatThrownBy(() -> Cohort.decode(twice)).isInstanceOf(MalformedMessage.class);
    byte[] swapped = bytes.clone();
    swapped[first + 4] = 'c';
    assertThatThrownBy(() -> Cohort.decode(swapped)).isInstanceOf(MalformedMessage.class);
    byte[] badName = bytes.clone();
    badName[first + 4] = '/';
    assertThatThrownBy(() -> Cohort.decode(badName)).isInstanceOf(MalformedMessage.class);
  }
}
