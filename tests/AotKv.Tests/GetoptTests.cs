using AotKv.CommandLine;

namespace AotKv.Tests;

public sealed class GetoptTests
{
    [Theory]
    [InlineData("-p 11211", "p=11211")]
    [InlineData("-p11211", "p=11211")]
    [InlineData("--port=11211", "p=11211")]
    [InlineData("--port 11211", "p=11211")]
    [InlineData("--po 11211", "p=11211")]
    [InlineData("--port=", "p=")]
    [InlineData("-vv", "v v")]
    [InlineData("-vMp5", "v M p=5")]
    [InlineData("-Mv --verbose", "M v v")]
    [InlineData("--verbose=3", "v=3")]
    [InlineData("-m 1 -m 2", "m=1 m=2")]
    [InlineData("-p -1", "p=-1")]
    [InlineData("-l -- -M", "l=-- M")]
    public void Parse_known_options_gives_letters_and_arguments(string line, string expected) => Assert.Equal(expected, Parse(line));

    [Theory]
    [InlineData("-q", "!unknown option '-q'")]
    [InlineData("-vq", "v !unknown option '-q'")]
    [InlineData("--nope", "!unknown option '--nope'")]
    [InlineData("--nope=1", "!unknown option '--nope'")]
    [InlineData("--un=x", "!option '--un' is ambiguous: --unix-socket --unix-mask")]
    [InlineData("--disable-evictions=x", "!option '--disable-evictions' takes no argument")]
    [InlineData("-p", "!option '-p' needs an argument")]
    [InlineData("--port", "!option '--port' needs an argument")]
    [InlineData("11211", "!unexpected argument '11211'")]
    [InlineData("-- -v", "!unexpected argument '-v'")]
    [InlineData("-", "!unexpected argument '-'")]
    [InlineData("--=5", "!unknown option '--'")]
    public void Parse_mistakes_are_named(string line, string expected) => Assert.Equal(expected, Parse(line));

    [Fact]
    public void Parse_argument_loses_leading_blanks_as_in_memcached() =>
        Assert.Equal("11211", Getopt.Parse(["-p", "  11211"], OptionTable.All).Single().Argument);

    [Fact]
    public void Table_has_every_letter_and_name_once()
    {
        Assert.Equal(OptionTable.All.Count, OptionTable.All.Select(option => option.Letter).Distinct().Count());
        Assert.Equal(OptionTable.All.Count, OptionTable.All.Select(option => option.Name).Distinct().Count());
        Assert.Equal("aAZpsUmMchiVvdluPrfntDLRCbBkISFXWYeoN".Order(), OptionTable.All.Select(option => option.Letter).Where(char.IsAscii).Order());
    }

    private static string Parse(string line) =>
        string.Join(' ', Getopt.Parse(line.Split(' '), OptionTable.All).Select(option => option switch
        {
            { Mistake: { } mistake } => $"!{mistake}",
            { Argument: { } argument } => $"{option.Option!.Letter}={argument}",
            _ => $"{option.Option!.Letter}",
        }));
}
