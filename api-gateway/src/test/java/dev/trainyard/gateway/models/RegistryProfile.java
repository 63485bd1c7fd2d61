package dev.trainyard.gateway.models;

import io.quarkus.test.junit.QuarkusTestProfile;

/** A gateway of their own for tests of the registry, which delete its models. */
public final class RegistryProfile implements QuarkusTestProfile {}
