package dev.trainyard.cli.gateway;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * The TLS of a client that speaks plain HTTP: none. Java's HTTP client wants one at once, and the default one reads all
 * certificates of the machine, which takes a sixth of a short command's time.
 */
final class NoTls extends SSLContextSpi {
    private NoTls() {}

    static SSLContext context() {
        return new SSLContext(new NoTls(), null, "none") {};
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return new SSLParameters(new String[0], new String[0]);
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return engineGetDefaultSSLParameters();
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
            throws KeyManagementException {
        throw new KeyManagementException("this client speaks plain HTTP only");
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        throw plain();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        throw plain();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        throw plain();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        throw plain();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        throw plain();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        throw plain();
    }

    private static IllegalStateException plain() {
        return new IllegalStateException("this client speaks plain HTTP only");
    }
}
