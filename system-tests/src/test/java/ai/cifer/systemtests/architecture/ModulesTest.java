package ai.cifer.systemtests.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may use whom.
class ModulesTest {

  @Test
  void everyModuleIsImported() {
    Project.LEAST_CLASSES.forEach((module, least) ->
        assertThat(
                Project.main().stream()
                    .filter(c -> (c.getPackageName() + ".").startsWith("ai.cifer." + module + "."))
                    .count())
            .as("classes imported from %s", module)
            .isGreaterThanOrEqualTo(least));
  }

  @Test
  void modulesUseOnlyWhatTheDesignAllows() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("homocryption")
        .definedBy("ai.cifer.homocryption..")
        .layer("fedlearn")
        .definedBy("ai.cifer.fedlearn..")
        .layer("secagg")
        .definedBy("ai.cifer.secagg..")
        .layer("training")
        .definedBy("ai.cifer.training..")
        .optionalLayer("tensorflow")
        .definedBy("ai.cifer.tensorflow..")
        .layer("transport")
        .definedBy("ai.cifer.transport..")
        .layer("node")
        .definedBy("ai.cifer.node..")
        .layer("simulation")
        .definedBy("ai.cifer.simulation..")
        .layer("cli")
        .definedBy("ai.cifer.cli..")
        .whereLayer("homocryption")
        .mayNotAccessAnyLayer()
        .whereLayer("fedlearn")
        .mayNotAccessAnyLayer()
        .whereLayer("secagg")
        .mayOnlyAccessLayers("homocryption", "fedlearn")
        .whereLayer("training")
        .mayOnlyAccessLayers("fedlearn")
        .whereLayer("tensorflow")
        .mayOnlyAccessLayers("training", "fedlearn")
        .whereLayer("transport")
        .mayOnlyAccessLayers("fedlearn")
        .whereLayer("node")
        .mayOnlyAccessLayers("secagg", "transport", "fedlearn")
        .whereLayer("simulation")
        .mayOnlyAccessLayers("node", "secagg", "transport", "fedlearn")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .check(Project.main());
  }

  @Test
  void modulesHaveNoCycles() {
    slices().matching("ai.cifer.(*)..").should().beFreeOfCycles().check(Project.main());
  }

  @ParameterizedTest
  @ValueSource(strings = {"homocryption", "fedlearn"})
  void packagesOfAModuleHaveNoCycles(String module) {
    slices()
        .matching("ai.cifer." + module + ".(**)")
        .should()
        .beFreeOfCycles()
        .check(Project.main());
  }

  @ParameterizedTest
  @ValueSource(strings = {"homocryption", "fedlearn"})
  void theTwoFoundationsUseTheJdkAlone(String module) {
    classes()
        .that()
        .resideInAPackage("ai.cifer." + module + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "ai.cifer." + module + "..",
            "java..",
            "javax.crypto..",
            "jdk.incubator.vector..",
            "org.jspecify..")
        .check(Project.main());
  }

  @Test
  void insideHomocryptionTheArithmeticKnowsNoScheme() {
    noClasses()
        .that()
        .resideInAnyPackage("ai.cifer.homocryption.kernel..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "ai.cifer.homocryption.ring..",
            "ai.cifer.homocryption.rns..",
            "ai.cifer.homocryption.ckks..",
            "ai.cifer.homocryption.aggregation..")
        .check(Project.main());
  }

  @Test
  void insideHomocryptionResidueSystemsKnowNoScheme() {
    noClasses()
        .that()
        .resideInAnyPackage("ai.cifer.homocryption.ring..", "ai.cifer.homocryption.rns..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.cifer.homocryption.ckks..", "ai.cifer.homocryption.aggregation..")
        .check(Project.main());
  }

  /// The chain `kernel ◄ ring ◄ rns ◄ ckks ◄ threshold`.
  @Test
  void insideHomocryptionNoSchemeKnowsItsThresholdForm() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "ai.cifer.homocryption.kernel..",
            "ai.cifer.homocryption.ring..",
            "ai.cifer.homocryption.rns..",
            "ai.cifer.homocryption.format..",
            "ai.cifer.homocryption.codec..",
            "ai.cifer.homocryption.ckks..",
            "ai.cifer.homocryption.aggregation..",
            "ai.cifer.homocryption.paillier..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.cifer.homocryption.threshold..")
        .check(Project.main());
    noClasses()
        .that()
        .resideInAPackage("ai.cifer.homocryption.threshold..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "ai.cifer.homocryption.aggregation..", "ai.cifer.homocryption.paillier..")
        .check(Project.main());
  }

  /// Cryptography keeps one thing on disk: what a party ever decrypted. Reading is allowed: kernels
  /// look at what the processor offers.
  @Test
  void insideHomocryptionOnlyTheDecryptionLogWritesFiles() {
    noClasses()
        .that()
        .resideInAPackage("ai.cifer.homocryption..")
        .and()
        .haveSimpleNameNotStartingWith("DecryptionLog")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(java.io.FileOutputStream.class, java.io.RandomAccessFile.class)
        .orShould(
            callMethodWhere(
                target(owner(JavaClass.Predicates.equivalentTo(java.nio.file.Files.class)))
                    .and(
                        target(
                            nameMatching(
                                "write.*|create.*|delete.*|move|copy|set.*|newByteChannel"
                                    + "|newOutputStream|newBufferedWriter")))))
        .check(Project.main());
  }

  @Test
  void kernelsAndInternalsStayInsideTheirModule() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.cifer.homocryption..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "ai.cifer.homocryption.kernel..",
            "ai.cifer.homocryption.ring..",
            "ai.cifer.homocryption.rns..",
            "ai.cifer.homocryption.format..",
            "ai.cifer..internal..")
        .check(Project.main());
  }

  @Test
  void vectorApiIsUsedInKernelsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.cifer.homocryption.kernel..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(Project.main());
  }

  /// Where the module is absent, a class that mentions a vector type cannot be linked. Those that
  /// do are reached by name only, through the kernels' provider.
  @Test
  void vectorClassesAreReachedByNameOnly() {
    noClasses()
        .that()
        .resideInAPackage("ai.cifer.homocryption..")
        .and()
        .haveNameNotMatching("ai\\.cifer\\.homocryption\\.kernel\\.(Vector|Lane|MaskingLanes).*")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "(jdk\\.incubator\\.vector\\..*)|(ai\\.cifer\\.homocryption\\.kernel\\.(Vector|Lane|MaskingLanes).*)")
        .check(Project.main());
  }

  @Test
  void theWireIsKnownToTransportOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.cifer.transport..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            Project.GENERATED,
            "io.grpc..",
            "com.google.protobuf..",
            "io.netty..",
            "com.linecorp.armeria..")
        .check(Project.main());
  }

  @Test
  void theTrainingEnginesAreKnownToTrainersOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.cifer.training..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(Project.main());
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.cifer.tensorflow..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.tensorflow..")
        .check(Project.main());
  }

  /// Whoever follows a run sees events, and events carry neither model values nor updates.
  @Test
  void historyKnowsNoTensor() {
    noClasses()
        .that()
        .resideInAPackage("ai.cifer.fedlearn.history..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.cifer.fedlearn.tensor..", "ai.cifer.fedlearn.update..")
        .check(Project.main());
  }

  /// The phase machine is state and event to state and commands; the node drives it.
  @Test
  void theRoundIsPure() {
    noClasses()
        .that()
        .resideInAPackage("ai.cifer.fedlearn.round..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(java.time.Clock.class, java.time.InstantSource.class, Thread.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(Project.main());
  }

  /// A strategy may name files (`dataPath`), it opens none.
  @Test
  void strategiesArePure() {
    noClasses()
        .that()
        .resideInAPackage("ai.cifer.fedlearn.strategy..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..", "java.nio.channels..", "java.net..", "java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(java.nio.file.Files.class)
        .check(Project.main());
  }
}
