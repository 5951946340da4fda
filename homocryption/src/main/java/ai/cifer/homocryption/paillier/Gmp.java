package ai.cifer.homocryption.paillier;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The functions of GMP's `mpn_sec_` family, whose time and memory addresses depend on the sizes of
/// their operands only (GMP manual, "Low-level functions for cryptography"). `mpz_powm_sec` is a
/// wrapper of `mpn_sec_powm`; the inner function is called because its scratch memory is the
/// caller's, who can zero it.
///
/// One method, [#multiplyPublic], calls ordinary functions instead: for products of ciphertexts.
///
/// Numbers are arrays of 64-bit limbs, the lowest first, at addresses outside the heap. GMP is
/// looked for once, under the names that Linux and macOS give it; on Windows `long` has 32 bits, so
/// the signatures differ and it is not tried.
final class Gmp {
  private static final List<String> NAMES =
      List.of(
          "libgmp.so.10",
          "libgmp.so",
          "libgmp.10.dylib",
          "libgmp.dylib",
          "/opt/homebrew/lib/libgmp.dylib",
          "/usr/local/lib/libgmp.dylib");
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  /// The library, or the reason why there is none.
  private static final Loaded LOADED = load();

  private final MethodHandle powm;
  private final MethodHandle powmScratch;
  private final MethodHandle multiply;
  private final MethodHandle multiplyScratch;
  private final MethodHandle remainder;
  private final MethodHandle remainderScratch;
  private final MethodHandle divide;
  private final MethodHandle divideScratch;
  private final MethodHandle addIf;
  private final MethodHandle subtractIf;
  private final MethodHandle publicMultiply;
  private final MethodHandle publicDivide;

  private record Loaded(@Nullable Gmp gmp, String statement) {}

  private Gmp(SymbolLookup library) {
    powm = function(library, "sec_powm", null, "aalalala");
    powmScratch = function(library, "sec_powm_itch", LONG, "lll");
    multiply = function(library, "sec_mul", null, "aalala");
    multiplyScratch = function(library, "sec_mul_itch", LONG, "ll");
    remainder = function(library, "sec_div_r", null, "alala");
    remainderScratch = function(library, "sec_div_r_itch", LONG, "ll");
    divide = function(library, "sec_div_qr", LONG, "aalala");
    divideScratch = function(library, "sec_div_qr_itch", LONG, "ll");
    addIf = function(library, "cnd_add_n", LONG, "laaal");
    subtractIf = function(library, "cnd_sub_n", LONG, "laaal");
    publicMultiply = function(library, "mul", LONG, "aalal");
    publicDivide = function(library, "tdiv_qr", null, "aalalal");
  }

  static Optional<Gmp> instance() {
    return Optional.ofNullable(LOADED.gmp);
  }

  /// The library's name and version, or why it is absent and what to do.
  static String statement() {
    return LOADED.statement;
  }

  private static Loaded load() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.contains("windows")) {
      return new Loaded(null, "GMP is not used on Windows; Linux and macOS use it");
    }
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      return new Loaded(null, "GMP is used on little-endian machines only");
    }
    Module module = Gmp.class.getModule();
    if (!module.isNativeAccessEnabled()) {
      String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
      return new Loaded(
          null, "native access is off; start java with --enable-native-access=" + name);
    }
    for (String name : NAMES) {
      Loaded loaded = load(name);
      if (loaded != null) {
        return loaded;
      }
    }
    return new Loaded(
        null, "libgmp was not found; install it: apt install libgmp10, or brew install gmp");
  }

  @SuppressWarnings("restricted") // native access was checked
  private static @Nullable Loaded load(String name) {
    try {
      SymbolLookup library = SymbolLookup.libraryLookup(name, Arena.global());
      int limbBits =
          library
              .findOrThrow("__gmp_bits_per_limb")
              .reinterpret(Integer.BYTES)
              .get(ValueLayout.JAVA_INT, 0);
      if (limbBits != Long.SIZE) {
        return new Loaded(null, name + " has limbs of " + limbBits + " bits (expected: 64)");
      }
      String version =
          library
              .findOrThrow("__gmp_version")
              .reinterpret(ValueLayout.ADDRESS.byteSize())
              .get(ValueLayout.ADDRESS, 0)
              .reinterpret(64)
              .getString(0);
      return new Loaded(new Gmp(library), "GMP " + version + " (" + name + ")");
    } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
      return null;
    }
  }

  /// @param parameters a letter each: `a` an address, `l` a long
  @SuppressWarnings("restricted") // native access was checked
  private static MethodHandle function(
      SymbolLookup library, String name, @Nullable ValueLayout result, String parameters) {
    ValueLayout[] layouts = new ValueLayout[parameters.length()];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] = parameters.charAt(i) == 'a' ? ValueLayout.ADDRESS : LONG;
    }
    FunctionDescriptor descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(layouts)
            : FunctionDescriptor.of(result, layouts);
    return Linker.nativeLinker().downcallHandle(library.findOrThrow("__gmpn_" + name), descriptor);
  }

  /// `out = base^exponent mod modulus`.
  ///
  /// @param base below the modulus, as many limbs
  /// @param exponentBits that are read, whatever the exponent's value
  /// @param modulus odd, its highest limb not 0
  /// @param out as many limbs as the modulus, apart from the inputs
  void power(
      Limbs limbs,
      MemorySegment base,
      MemorySegment exponent,
      long exponentBits,
      MemorySegment modulus,
      MemorySegment out) {
    long n = Limbs.count(modulus);
    try {
      long itch = (long) powmScratch.invokeExact(n, exponentBits, n);
      MemorySegment scratch = limbs.scratch(itch);
      powm.invokeExact(out, base, n, exponent, exponentBits, modulus, n, scratch);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// `out = a·b`, as many limbs as both together.
  ///
  /// @param a at least as many limbs as `b`
  void multiply(Limbs limbs, MemorySegment a, MemorySegment b, MemorySegment out) {
    long an = Limbs.count(a);
    long bn = Limbs.count(b);
    try {
      MemorySegment scratch = limbs.scratch((long) multiplyScratch.invokeExact(an, bn));
      multiply.invokeExact(out, a, an, b, bn, scratch);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// `a = a mod modulus`, in the lowest limbs of `a`; the higher ones are then undefined.
  ///
  /// @param a at least as many limbs as the modulus
  void remainder(Limbs limbs, MemorySegment a, MemorySegment modulus) {
    long an = Limbs.count(a);
    long n = Limbs.count(modulus);
    try {
      MemorySegment scratch = limbs.scratch((long) remainderScratch.invokeExact(an, n));
      remainder.invokeExact(a, an, modulus, n, scratch);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// `out = ⌊a / divisor⌋`; `a` becomes the remainder.
  ///
  /// @param out as many limbs as `a` has more than the divisor, plus one
  void divide(Limbs limbs, MemorySegment a, MemorySegment divisor, MemorySegment out) {
    long an = Limbs.count(a);
    long n = Limbs.count(divisor);
    try {
      MemorySegment scratch = limbs.scratch((long) divideScratch.invokeExact(an, n));
      long high = (long) divide.invokeExact(out, a, an, divisor, n, scratch);
      out.setAtIndex(LONG, an - n, high);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// `a += b` if `condition` is not 0, in the same time if it is.
  ///
  /// @return the carry
  long addIf(long condition, MemorySegment a, MemorySegment b) {
    try {
      return (long) addIf.invokeExact(condition, a, a, b, Limbs.count(a));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// `a -= b` if `condition` is not 0, in the same time if it is.
  ///
  /// @return the borrow
  long subtractIf(long condition, MemorySegment a, MemorySegment b) {
    try {
      return (long) subtractIf.invokeExact(condition, a, a, b, Limbs.count(a));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// `a·b mod modulus` of **public** numbers: twice as fast as the functions above, in time that
  /// depends on the values.
  ///
  /// @param a as many limbs as the modulus, whose highest limb is not 0
  /// @param b as many limbs
  /// @param out as many limbs, apart from the inputs
  void multiplyPublic(
      Limbs limbs, MemorySegment a, MemorySegment b, MemorySegment modulus, MemorySegment out) {
    long n = Limbs.count(modulus);
    MemorySegment product = limbs.allocate(2 * n);
    MemorySegment quotient = limbs.scratch(n + 1);
    try {
      long _ = (long) publicMultiply.invokeExact(product, a, n, b, n);
      publicDivide.invokeExact(quotient, out, 0L, product, 2 * n, modulus, n);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// A downcall throws nothing of its own; what the JVM throws goes on as it is.
  private static IllegalStateException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("call of GMP: failed (expected: no exception)", e);
  }
}
