package dev.trainyard.system;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md, over the classes of all modules. */
class ArchitectureTest {
    private static final List<String> MODULES = List.of(
            "shared-model",
            "study-search",
            "artifact-s3",
            "standalone",
            "api-gateway",
            "worker-runtime",
            "engine-api",
            "engine-dl4j",
            "engine-vector",
            "trainer-worker",
            "predictor-worker",
            "cli");

    private static final JavaClasses ALL = new ClassFileImporter()
            .importPaths(MODULES.stream()
                    .map(module -> Path.of("..", module, "target", "classes"))
                    .toList());

    @Test
    void allModulesAreImported() {
        for (String root :
                List.of("message", "standalone", "gateway", "worker", "engine", "trainer", "predictor", "cli")) {
            assertThat(ALL.stream()).anyMatch(c -> c.getPackageName().startsWith("dev.trainyard." + root));
        }
    }

    @Test
    void sharedModulesArePlainJava() {
        check(noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.trainyard.artifact..",
                        "dev.trainyard.dataset..",
                        "dev.trainyard.engine..",
                        "dev.trainyard.image..",
                        "dev.trainyard.job..",
                        "dev.trainyard.message..",
                        "dev.trainyard.network..",
                        "dev.trainyard.search..",
                        "dev.trainyard.trust..",
                        "dev.trainyard.validation..",
                        "dev.trainyard.standalone..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..", "io.smallrye.."));
    }

    @Test
    void onlyGatewayAndLauncherUseTheDatabase() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("dev.trainyard.gateway..", "dev.trainyard.standalone.postgres..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.jdbi..", "org.postgresql.."));
    }

    @Test
    void theServicesDoNotDependOnEachOther() {
        check(slices().matching("dev.trainyard.(gateway|trainer|predictor|standalone|cli)..")
                .should()
                .notDependOnEachOther());
    }

    /** Keras files are read with DL4J's HDF5 library and arrays (ADR 11). */
    @Test
    void onlyTheTrainersEngineAndKerasReaderUseDl4j() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("dev.trainyard.engine.dl4j..", "dev.trainyard.trainer.keras..", "org.nd4j..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.deeplearning4j..", "org.nd4j.."));
    }

    @Test
    void engineAndExporterDoNotDependOnNetworks() {
        check(noClasses()
                .that()
                .resideInAnyPackage("dev.trainyard.engine..", "dev.trainyard.trainer.onnx..")
                .should()
                .dependOnClassesThat()
                .haveSimpleNameEndingWith("Networks")
                .orShould()
                .dependOnClassesThat()
                .haveSimpleName("Lenet5")
                .orShould()
                .dependOnClassesThat()
                .haveSimpleName("Mlp"));
    }

    @Test
    void resourcesAreThin() {
        check(classes()
                .that()
                .areAnnotatedWith("jakarta.ws.rs.Path")
                .should()
                .haveSimpleNameEndingWith("Resource")
                .andShould()
                .onlyBeAccessed()
                .byClassesThat()
                .resideInAPackage("dev.trainyard.gateway.."));
        check(noClasses()
                .that()
                .haveSimpleNameEndingWith("Resource")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jdbi..", "java.sql..", "org.apache.kafka.."));
    }

    /** The job engine must also be usable without HTTP; resources and their parameters translate. */
    @Test
    void theJobEngineDoesNotDependOnHttp() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.trainyard.gateway.jobs..")
                .and()
                .haveSimpleNameNotEndingWith("Resource")
                .and()
                .haveSimpleNameNotEndingWith("Parameters")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.trainyard.gateway.http.."));
    }

    @Test
    void onlyTheStoreInS3UsesTheSdkOfS3() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("dev.trainyard.artifact.s3..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon.."));
    }

    @Test
    void noPackageIsNamedAfterATechnicalLayer() {
        check(noClasses()
                .should()
                .resideInAnyPackage("..service..", "..util..", "..utils..", "..dto..", "..helper..", "..impl.."));
    }

    private static void check(ArchRule rule) {
        rule.check(ALL);
    }
}
