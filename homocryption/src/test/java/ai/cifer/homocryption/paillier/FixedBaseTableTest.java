package ai.cifer.homocryption.paillier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class FixedBaseTableTest {
  private static final BigInteger MODULUS =
      new BigInteger("340282366920938463463374607431768211297");
  private static final BigInteger BASE = BigInteger.valueOf(1_234_567_891);

  private static FixedBaseTable table(int exponentBits) {
    return new FixedBaseTable(
        BASE, exponentBits, MODULUS.bitLength(), (a, b) -> a.multiply(b).mod(MODULUS));
  }

  /// Every entry of every window is the power that its place says.
  @Example
  void entriesArePowers() {
    FixedBaseTable table = table(64);
    long[] out = new long[table.limbs()];
    assertThat(table.limbs()).isEqualTo(2);
    assertThat(table.windows()).isEqualTo(13);
    for (int window = 0; window < table.windows(); window++) {
      for (int digit = 0; digit < 32; digit++) {
        table.select(window, digit, out);
        BigInteger exponent = BigInteger.valueOf(digit).shiftLeft(5 * window);
        assertThat(number(out)).isEqualTo(BASE.modPow(exponent, MODULUS));
      }
    }
  }

  @Property(tries = 300)
  void digitsMakeUpTheExponent(@ForAll @IntRange(min = 1, max = 40) int bytes, @ForAll long seed) {
    byte[] exponent = new byte[bytes];
    PaillierVectors.seeded(seed).nextBytes(exponent);
    FixedBaseTable table = table(8 * bytes);
    assertThat(table.exponentBytes()).isEqualTo(bytes);
    BigInteger sum = BigInteger.ZERO;
    BigInteger power = BigInteger.ONE;
    long[] out = new long[table.limbs()];
    for (int window = 0; window < table.windows(); window++) {
      int digit = table.digit(exponent, window);
      sum = sum.add(BigInteger.valueOf(digit).shiftLeft(5 * window));
      table.select(window, digit, out);
      power = power.multiply(number(out)).mod(MODULUS);
    }
    assertThat(PaillierVectors.little(sum, bytes)).isEqualTo(exponent);
    assertThat(power).isEqualTo(BASE.modPow(sum, MODULUS));
  }

  /// By its byte code: the selection branches twice, at the ends of its loops, never by a value; it
  /// calls nothing but the fill; and the digit of an exponent branches once, on a length.
  @Example
  void selectionHasNoBranchThatDependsOnASecret() throws IOException {
    MethodModel select = method("select");
    assertThat(branches(select)).containsExactly(Opcode.IF_ICMPGE, Opcode.IF_ICMPGE);
    assertThat(calls(select)).containsExactly("fill");
    MethodModel digit = method("digit");
    assertThat(branches(digit)).containsExactly(Opcode.IF_ICMPGE);
    assertThat(calls(digit)).isEmpty();
  }

  private static MethodModel method(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(FixedBaseTable.class.getResourceAsStream("FixedBaseTable.class"))) {
      return ClassFile.of().parse(in.readAllBytes()).methods().stream()
          .filter(m -> m.methodName().equalsString(name))
          .findFirst()
          .orElseThrow();
    }
  }

  private static List<Opcode> branches(MethodModel method) {
    return method
        .code()
        .orElseThrow()
        .elementStream()
        .filter(e -> {
          assertThat(e)
              .isNotInstanceOfAny(TableSwitchInstruction.class, LookupSwitchInstruction.class);
          return e instanceof BranchInstruction;
        })
        .map(e -> ((BranchInstruction) e).opcode())
        .filter(opcode -> opcode != Opcode.GOTO && opcode != Opcode.GOTO_W)
        .toList();
  }

  private static List<String> calls(MethodModel method) {
    return method
        .code()
        .orElseThrow()
        .elementStream()
        .filter(InvokeInstruction.class::isInstance)
        .map(e -> ((InvokeInstruction) e).name().stringValue())
        .toList();
  }

  private static BigInteger number(long[] limbs) {
    BigInteger value = BigInteger.ZERO;
    for (int i = limbs.length - 1; i >= 0; i--) {
      for (int half = 1; half >= 0; half--) {
        value = value.shiftLeft(32).add(BigInteger.valueOf(limbs[i] >>> (32 * half) & 0xffffffffL));
      }
    }
    return value;
  }
}
