package ai.cifer.systemtests.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// How the code inside the modules is written.
class CodingRulesTest {
  private static final String SECRETS =
      ".*(Secret|SecretKey|SecretShare|SecretKeyShare|PrivateKey)s?";

  @Test
  void cryptographyDrawsNoOrdinaryRandomness() {
    noClasses()
        .that()
        .resideInAnyPackage("ai.cifer.homocryption..", "ai.cifer.secagg..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Random.class, SplittableRandom.class, ThreadLocalRandom.class)
        .orShould()
        .callMethod(Math.class, "random")
        .check(Project.main());
  }

  /// A run can be repeated: every generator is made from a seed that somebody chose.
  @Test
  void randomnessHasASeed() {
    noClasses()
        .should()
        .callConstructor(Random.class)
        .orShould()
        .callConstructor(SplittableRandom.class)
        .orShould()
        .callMethod(ThreadLocalRandom.class, "current")
        .orShould()
        .callMethod(Math.class, "random")
        .check(Project.main());
  }

  @Test
  void aClockIsAnArgument() {
    noClasses()
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(ZonedDateTime.class, "now")
        .orShould()
        .callMethod(OffsetDateTime.class, "now")
        .orShould()
        .callConstructor(Date.class)
        .check(Project.main());
  }

  /// The real clock enters where a process is put together.
  @Test
  void theRealClockIsChosenInNodeAndCli() {
    noClasses()
        .that()
        .resideOutsideOfPackages("ai.cifer.node..", "ai.cifer.cli..")
        .should(
            callMethodWhere(
                target(owner(JavaClass.Predicates.equivalentTo(Clock.class)))
                    .and(target(nameMatching("system.*")))))
        .check(Project.main());
  }

  @Test
  void onlyTheCommandPrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.cifer.cli..")
        .should(ACCESS_STANDARD_STREAMS)
        .check(Project.main());
  }

  @Test
  void nobodyLogsThroughJavaUtilLogging() {
    NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(Project.main());
  }

  @Test
  void nobodyUsesJavaSerialization() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ObjectInputStream.class, ObjectOutputStream.class)
        .check(Project.main());
  }

  @Test
  void exceptionsNameTheFact() {
    NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS.check(Project.main());
  }

  /// A record prints its components, a serializable object can leave the process, and what is not
  /// closed is not erased.
  @Test
  void secretsAreClosedAndNeverRecords() {
    classes()
        .that()
        .haveNameMatching(SECRETS)
        .and()
        .areNotInterfaces()
        .should()
        .notBeRecords()
        .andShould()
        .beAssignableTo(AutoCloseable.class)
        .andShould()
        .notBeAssignableTo(Serializable.class)
        .check(Project.main());
  }

  @Test
  void insecureThingsLiveInTests() {
    noClasses().should().haveSimpleNameStartingWith("Insecure").check(Project.main());
  }

  /// Who holds the token can turn a secret key into bytes; the rest of the code passes it on.
  @Test
  void onlyTheCommandObtainsAccessToSecretKeys() {
    assertThat(Project.main().contain("ai.cifer.homocryption.codec.SecretKeyAccess")).isTrue();
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.cifer.cli..")
        .should()
        .callMethod("ai.cifer.homocryption.codec.SecretKeyAccess", "insecureBytes")
        .check(Project.main());
  }

  /// Native code is called in two places: by Paillier, which checks that it may and says what to do
  /// if not, and by the command, which takes its standard error back from the launcher.
  @Test
  void onlyPaillierAndStandardErrorCallNativeCode() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("ai.cifer.homocryption.paillier.Gmp")
        .and()
        .doNotHaveFullyQualifiedName("ai.cifer.cli.process.StandardError")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(java.lang.foreign.Linker.class, java.lang.foreign.SymbolLookup.class)
        .orShould()
        .callMethod(System.class, "loadLibrary", String.class)
        .orShould()
        .callMethod(System.class, "load", String.class)
        .check(Project.main());
  }

  @Test
  void mainCodeUsesNoTestLibrary() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.junit..",
            "org.assertj..",
            "net.jqwik..",
            "com.tngtech.archunit..",
            "org.mockito..")
        .check(Project.main());
  }

  @Test
  void namesSayWhatAClassIs() {
    noClasses()
        .that()
        .resideOutsideOfPackage(Project.GENERATED)
        .should()
        .haveNameMatching(".*(Manager|Utils?|Impl|Helper|Helpers)")
        .orShould()
        .haveSimpleNameStartingWith("Abstract")
        .check(Project.main());
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(
            Project.main().stream()
                .filter(c -> !c.getPackageName().startsWith("ai.cifer.transport.wire"))
                .map(JavaClass::getPackage)
                .distinct())
        .isNotEmpty()
        .allSatisfy((JavaPackage p) ->
            assertThat(p.isAnnotatedWith(NullMarked.class)).as(p.getName()).isTrue());
  }

  /// A test that sleeps is slow on a fast machine and wrong on a slow one.
  @Test
  void testsWaitForConditions() {
    assertThat(Project.tests()).hasSizeGreaterThan(40);
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(Project.tests());
  }
}
