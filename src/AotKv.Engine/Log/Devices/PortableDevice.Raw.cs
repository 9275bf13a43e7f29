// Relies on: the framework's memory-mapped files, whose pointer is acquired once per block; FlushViewOfFile and FlushFileBuffers of
// Windows, whose results are checked. Elsewhere than on Windows this device is for tests only: it cannot check a sync.
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AotKv.Engine.Log.Devices;

/// <summary>Segments as files of one directory by the framework's own means: for Windows.</summary>
internal sealed unsafe partial class PortableDevice : LogDevice
{
    private const int DiskFull = unchecked((int)0x80070070);
    private const int HandleDiskFull = unchecked((int)0x80070027);

    private readonly string _directory;

    public PortableDevice(string directory) => _directory = directory;

    public override DeviceStatus Create(string name, long bytes, out DeviceBlock? block) =>
        Map(name, FileMode.CreateNew, bytes, out block);

    public override DeviceStatus Open(string name, out DeviceBlock? block) =>
        Map(name, FileMode.Open, bytes: 0, out block);

    public override IReadOnlyList<string> List(string ending)
    {
        var names = new List<string>();
        foreach (string path in Directory.EnumerateFiles(_directory, "*" + ending))
        {
            names.Add(Path.GetFileName(path));
        }

        return names;
    }

    public override bool Sync(DeviceBlock block, long bytes)
    {
        var open = (OpenBlock)block.Handle!;
        if (!OperatingSystem.IsWindows())
        {
            open.View?.Flush();
            return true;
        }

        if (FlushView(block.Start, (nuint)bytes) != 0 && FlushFile(open.File.DangerousGetHandle()) != 0)
        {
            return true;
        }

        LastError = $"cannot sync {block.Name}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
        return false;
    }

    /// <summary>Windows makes names durable with the file (NTFS journals them).</summary>
    public override bool SyncNames() => true;

    public override bool Rename(string from, string to)
    {
        try
        {
            File.Move(Path.Combine(_directory, from), Path.Combine(_directory, to), overwrite: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LastError = $"cannot rename {from} to {to}: {error.Message}";
            return false;
        }
    }

    public override void Close(DeviceBlock block) => ((OpenBlock)block.Handle!).Dispose();

    public override void Delete(DeviceBlock block)
    {
        Close(block);
        File.Delete(Path.Combine(_directory, block.Name));
    }

    public override void Dispose()
    {
    }

    private DeviceStatus Map(string name, FileMode mode, long bytes, out DeviceBlock? block)
    {
        block = null;
        string path = Path.Combine(_directory, name);
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.None, FileOptions.None, preallocationSize: bytes);
            if (mode == FileMode.CreateNew)
            {
                RandomAccess.SetLength(file, bytes);
            }

            bytes = RandomAccess.GetLength(file);
            if (bytes == 0)
            {
                block = new DeviceBlock(name, null, 0, new OpenBlock(file, null, null));
                return DeviceStatus.Ok;
            }

            var mapping = MemoryMappedFile.CreateFromFile(
                file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            MemoryMappedViewAccessor view = mapping.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.ReadWrite);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            block = new DeviceBlock(name, start, bytes, new OpenBlock(file, mapping, view));
            return DeviceStatus.Ok;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            file?.Dispose();
            if (mode == FileMode.CreateNew && file != null)
            {
                File.Delete(path);
            }

            LastError = $"cannot map {name}: {error.Message}";
            return error.HResult is DiskFull or HandleDiskFull ? DeviceStatus.Full : DeviceStatus.Failed;
        }
    }

    [LibraryImport("kernel32", EntryPoint = "FlushViewOfFile", SetLastError = true)]
    private static partial int FlushView(void* address, nuint bytes);

    [LibraryImport("kernel32", EntryPoint = "FlushFileBuffers", SetLastError = true)]
    private static partial int FlushFile(nint handle);

    private sealed record OpenBlock(SafeFileHandle File, MemoryMappedFile? Mapping, MemoryMappedViewAccessor? View) : IDisposable
    {
        public void Dispose()
        {
            View?.SafeMemoryMappedViewHandle.ReleasePointer();
            View?.Dispose();
            Mapping?.Dispose();
            File.Dispose();
        }
    }
}
