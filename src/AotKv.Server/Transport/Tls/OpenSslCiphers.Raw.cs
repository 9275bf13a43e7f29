using System.Net.Security;
using System.Runtime.InteropServices;
using System.Text;

namespace AotKv.Server.Transport.Tls;

/// <summary>
/// Lets OpenSSL itself read a list of its ciphers, at start and when certificates are read again. Relies on: the functions below having
/// the same signatures in OpenSSL 1.1 and 3, which the framework loads too; all pointers are OpenSSL's own and live as long as the
/// context, which is freed here.
/// </summary>
internal static unsafe class OpenSslCiphers
{
    private static readonly string[] Libraries = ["libssl.so.3", "libssl.so.1.1", "libssl.so"];
    private static readonly string[] CryptoLibraries = ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"];

    /// <summary>The suites that a list stands for, in its order; null with a reason when there are none.</summary>
    public static IReadOnlyList<TlsCipherSuite>? Expand(string list, out string reason)
    {
        reason = "the system has no OpenSSL";
        for (int i = 0; i < Libraries.Length; i++)
        {
            if (NativeLibrary.TryLoad(Libraries[i], out nint ssl) && NativeLibrary.TryLoad(CryptoLibraries[i], out nint crypto))
            {
                reason = "OpenSSL finds no cipher in it";
                return Expand(ssl, crypto, list);
            }
        }

        return null;
    }

    private static List<TlsCipherSuite>? Expand(nint ssl, nint crypto, string list)
    {
        var method = (delegate* unmanaged<void*>)NativeLibrary.GetExport(ssl, "TLS_server_method");
        var make = (delegate* unmanaged<void*, void*>)NativeLibrary.GetExport(ssl, "SSL_CTX_new");
        var free = (delegate* unmanaged<void*, void>)NativeLibrary.GetExport(ssl, "SSL_CTX_free");
        var set = (delegate* unmanaged<void*, byte*, int>)NativeLibrary.GetExport(ssl, "SSL_CTX_set_cipher_list");
        var get = (delegate* unmanaged<void*, void*>)NativeLibrary.GetExport(ssl, "SSL_CTX_get_ciphers");
        var number = (delegate* unmanaged<void*, ushort>)NativeLibrary.GetExport(ssl, "SSL_CIPHER_get_protocol_id");
        var count = (delegate* unmanaged<void*, int>)NativeLibrary.GetExport(crypto, "OPENSSL_sk_num");
        var at = (delegate* unmanaged<void*, int, void*>)NativeLibrary.GetExport(crypto, "OPENSSL_sk_value");
        var forget = (delegate* unmanaged<void>)NativeLibrary.GetExport(crypto, "ERR_clear_error");

        void* context = make(method());
        if (context == null)
        {
            return null;
        }

        try
        {
            fixed (byte* text = Encoding.UTF8.GetBytes(list + '\0'))
            {
                if (set(context, text) == 0)
                {
                    // What is left in this thread's queue of errors would be taken for that of a later call.
                    forget();
                    return null;
                }
            }

            void* ciphers = get(context);
            List<TlsCipherSuite> suites = [];
            for (int i = 0; i < count(ciphers); i++)
            {
                suites.Add((TlsCipherSuite)number(at(ciphers, i)));
            }

            return suites;
        }
        finally
        {
            free(context);
        }
    }
}
