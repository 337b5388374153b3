package dev.sluice;

import dev.sluice.blob.BlobStore;
import dev.sluice.filter.FilterCompiler;
import dev.sluice.filter.FilterIndex;
import dev.sluice.filter.LookupBuilder;
import dev.sluice.filter.TypeFilterParser;
import dev.sluice.output.UnitWriter;
import dev.sluice.r4.CodeIndex;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.RootElements;
import dev.sluice.r4.SearchParameters;
import dev.sluice.store.Cohorts;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import dev.sluice.store.StoreInfo;
import dev.sluice.web.BaseUrl;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the beans for the definitions of R4, with the base URLs that mean this server. */
@Configuration(proxyBeanMethods = false)
class DefinitionsConfiguration {
    @Bean
    SearchParameters searchParameters() {
        return new SearchParameters();
    }

    @Bean
    CodeIndex codeIndex(SearchParameters parameters) {
        return new CodeIndex(parameters);
    }

    @Bean
    RootElements rootElements() {
        return new RootElements();
    }

    @Bean
    PatientCompartment patientCompartment(SearchParameters parameters) {
        return new PatientCompartment(parameters);
    }

    @Bean
    FilterIndex filterIndex(CodeIndex codes, PatientCompartment compartment) {
        return new FilterIndex(codes, compartment);
    }

    @Bean
    TypeFilterParser typeFilterParser(SearchParameters parameters, BaseUrl base) {
        return new TypeFilterParser(parameters, base.own());
    }

    @Bean
    LookupBuilder lookupBuilder(FilterIndex index, StoreInfo store, Cohorts cohorts) {
        return new LookupBuilder(index, store, cohorts);
    }

    @Bean
    FilterCompiler filterCompiler(
            SearchParameters parameters, RowReader rows, RowStream stream, LookupBuilder lookups) {
        return new FilterCompiler(parameters, rows, stream, lookups);
    }

    @Bean
    UnitWriter unitWriter(RowStream rows, FilterCompiler filters, BlobStore blobs) {
        return new UnitWriter(rows, filters, blobs);
    }
}
