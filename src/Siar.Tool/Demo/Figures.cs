using System.Text.Json.Serialization;

namespace Siar.Tool;

/// <summary>How busy the processors are, as shares from 0 to 1.</summary>
internal sealed record CpuFigures(double Busy, IReadOnlyList<double> Cores);

/// <summary>The machine's memory, in bytes. What is cached is given back when it is wanted, so it does not count as used.</summary>
internal sealed record MemoryFigures(long Total, long Used, long Cached, long SwapTotal, long SwapUsed);

/// <summary>What the network interfaces carry.</summary>
internal sealed record NetworkFigures(IReadOnlyList<InterfaceFigures> Interfaces);

/// <summary>What one network interface carries, in bytes a second.</summary>
internal sealed record InterfaceFigures(string Name, double Received, double Sent);

/// <summary>What the disks do.</summary>
internal sealed record DiskFigures(IReadOnlyList<DeviceFigures> Disks);

/// <summary>What one disk does: bytes a second, and the share of the time in which it was at work.</summary>
internal sealed record DeviceFigures(string Name, double Read, double Written, double Busy);

/// <summary>How many tasks ran or wanted to, on average over 1, 5 and 15 minutes; how many do now, and how many there are.</summary>
internal sealed record LoadFigures(double One, double Five, double Fifteen, int Running, int Tasks);

/// <summary>This process: share of one processor, memory in bytes, threads, seconds since its start.</summary>
internal sealed record ProcessFigures(double Busy, long Memory, long Heap, int Threads, long Uptime);

/// <summary>The hub: open streams and those that are behind, events and bytes a second, gaps so far, memory of the newest frames, events so far.</summary>
internal sealed record HubFigures(
    long Subscribers, long Behind, double Publishes, double Deliveries, double Bytes, long Gaps, long Window, long Events);

/// <summary>How figures become JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CpuFigures))]
[JsonSerializable(typeof(MemoryFigures))]
[JsonSerializable(typeof(NetworkFigures))]
[JsonSerializable(typeof(DiskFigures))]
[JsonSerializable(typeof(LoadFigures))]
[JsonSerializable(typeof(ProcessFigures))]
[JsonSerializable(typeof(HubFigures))]
internal sealed partial class FiguresJson : JsonSerializerContext;
