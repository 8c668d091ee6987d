package dev.waybill.local;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;

/// The arrows between modules and packages: schemas <- topology <- worker <- local, providers know only the SPI, and
/// only `app` (and this module) knows everything. This module holds the test because it sees all the others.
@AnalyzeClasses(packages = "dev.waybill", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {

    private static final String SCHEMAS = "dev.waybill.schemas..";
    private static final String AVRO = "dev.waybill.avro..";
    private static final String TOPOLOGY = "dev.waybill.topology..";
    private static final String WORKER = "dev.waybill.worker..";
    private static final String APP = "dev.waybill.worker.app..";
    private static final String LOCAL = "dev.waybill.local..";

    @ArchTest
    static final ArchRule schemas_know_no_other_module = noClasses()
            .that()
            .resideInAnyPackage(SCHEMAS, AVRO)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TOPOLOGY, WORKER, LOCAL);

    @ArchTest
    static final ArchRule the_topology_knows_schemas_only = noClasses()
            .that()
            .resideInAPackage(TOPOLOGY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(WORKER, LOCAL)
            .allowEmptyShould(true);

    /// `java.net.URI` is a value; sockets, files, databases and HTTP clients are effects.
    @ArchTest
    static final ArchRule the_topology_does_no_input_or_output = noClasses()
            .that()
            .resideInAPackage(TOPOLOGY)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "java.net..", "java.nio.file..", "java.nio.channels..", "java.sql..", "javax.sql..")
                    .and(not(belongToAnyOf(URI.class, URISyntaxException.class))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_topology_reads_no_wall_clock = noClasses()
            .that()
            .resideInAPackage(TOPOLOGY)
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_app_and_local_know_app = classes()
            .that()
            .resideInAPackage(APP)
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAnyPackage(APP, LOCAL);

    @ArchTest
    static final ArchRule the_worker_knows_nothing_of_local = noClasses()
            .that()
            .resideInAPackage(WORKER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(LOCAL);

    /// A provider lives in `sink.<provider>` and sees the SPI, the decision values it returns, and its own libraries.
    @ArchTest
    static final ArchRule providers_know_only_the_spi = noClasses()
            .that()
            .resideInAPackage("dev.waybill.worker.sink.(*)..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.waybill..")
                    .and(resideOutsideOfPackages(
                            "dev.waybill.worker.sink..", "dev.waybill.worker.pool..", TOPOLOGY, SCHEMAS)))
            .allowEmptyShould(true);

    /// `egress`, `tls`, `http`, `inflight`, `oauth`, `email`, `aws` and `transfer` are no providers but what several of
    /// them are made of.
    @ArchTest
    static final ArchRule providers_do_not_know_each_other = slices().matching("dev.waybill.worker.sink.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(
                    alwaysTrue(),
                    resideInAnyPackage(
                            "dev.waybill.worker.sink.egress..",
                            "dev.waybill.worker.sink.tls..",
                            "dev.waybill.worker.sink.http..",
                            "dev.waybill.worker.sink.inflight..",
                            "dev.waybill.worker.sink.oauth..",
                            "dev.waybill.worker.sink.email..",
                            "dev.waybill.worker.sink.aws..",
                            "dev.waybill.worker.sink.transfer.."))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_spi_knows_no_provider = noClasses()
            .that()
            .resideInAPackage("dev.waybill.worker.sink")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.waybill.worker.sink.*..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_projector_does_not_know_the_delivery_loop = noClasses()
            .that()
            .resideInAPackage("dev.waybill.worker.projector..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.waybill.worker.delivery..", "dev.waybill.worker.sink..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_delivery_loop_does_not_know_the_projector = noClasses()
            .that()
            .resideInAnyPackage("dev.waybill.worker.delivery..", "dev.waybill.worker.sink..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.waybill.worker.projector..")
            .allowEmptyShould(true);

    /// Reactive types end inside the projector's one adapter.
    @ArchTest
    static final ArchRule reactive_types_stay_in_the_projector = noClasses()
            .that()
            .resideOutsideOfPackages("dev.waybill.worker.projector..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("reactor..", "org.reactivestreams..", "io.r2dbc..")
            .allowEmptyShould(true);
}
