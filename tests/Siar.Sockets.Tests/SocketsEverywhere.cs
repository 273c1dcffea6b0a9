using System.Runtime.CompilerServices;
using Siar.AspNetCore.Tests;

namespace Siar.Sockets.Tests;

/// <summary>Puts every hub that a test of this project starts on bare sockets.</summary>
internal static class SocketsEverywhere
{
    [ModuleInitializer]
    internal static void Use() => TestHub.Transport = siar => siar.UseSockets();
}
