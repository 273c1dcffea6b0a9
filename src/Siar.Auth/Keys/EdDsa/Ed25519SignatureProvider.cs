using Microsoft.IdentityModel.Tokens;
using Org.BouncyCastle.Crypto.Signers;

namespace Siar.Auth;

/// <summary>Signs and verifies with Ed25519. Keeps no state between calls, so any thread may use it.</summary>
internal sealed class Ed25519SignatureProvider(Ed25519Key key, string algorithm) : SignatureProvider(key, algorithm)
{
    public override byte[] Sign(byte[] input)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, key.Private ?? throw new InvalidOperationException("A public key cannot sign."));
        signer.BlockUpdate(input, 0, input.Length);
        return signer.GenerateSignature();
    }

    public override bool Sign(ReadOnlySpan<byte> data, Span<byte> destination, out int bytesWritten)
    {
        var signature = Sign(data.ToArray());
        bytesWritten = signature.Length;
        return signature.AsSpan().TryCopyTo(destination);
    }

    public override bool Verify(byte[] input, byte[] signature) => Verify(input, 0, input.Length, signature, 0, signature.Length);

    public override bool Verify(byte[] input, int inputOffset, int inputLength, byte[] signature, int signatureOffset, int signatureLength)
    {
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, key.Public);
        verifier.BlockUpdate(input, inputOffset, inputLength);
        return verifier.VerifySignature(signature[signatureOffset..(signatureOffset + signatureLength)]);
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing is held.
    }
}
