using System.Globalization;
using AotKv.Process;

namespace AotKv.Tests;

public sealed class PidFileTests
{
    [Fact]
    public void Write_replaces_the_file_and_disposing_removes_it()
    {
        string folder = Directory.CreateTempSubdirectory("aotkv-pid-").FullName;
        try
        {
            string path = Path.Combine(folder, "pid");
            File.WriteAllText(path, "stale");
            using (PidFile.Write(path))
            {
                Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", File.ReadAllText(path));
                Assert.Single(Directory.GetFiles(folder));
            }

            Assert.Empty(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Write_into_a_missing_folder_says_so() =>
        Assert.ThrowsAny<IOException>(() => PidFile.Write(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "pid")));
}
