using System.Globalization;

namespace AotKv.Process;

/// <summary>Gives root's rights up, as memcached does: before anything is opened, and for good.</summary>
internal static class Privileges
{
    /// <summary>Becomes the user when started as root.</summary>
    /// <param name="user">A name, or a number where there is no list of users; null to stay.</param>
    /// <param name="message">A warning, or the reason of a failure; null none.</param>
    /// <returns>The exit code; success to go on.</returns>
    public static int Drop(string? user, out string? message)
    {
        message = null;
        if (!OperatingSystem.IsLinux() || ProcessCalls.EffectiveUser() != 0)
        {
            return ExitCode.Success;
        }

        if (string.IsNullOrEmpty(user))
        {
            message = "running as root; add '-u USER' to serve as an unprivileged user";
            return ExitCode.Success;
        }

        if (!ProcessCalls.TryFindUser(user, out uint userId, out uint groupId))
        {
            if (!uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out userId))
            {
                message = $"can't find the user {user} to switch to";
                return ExitCode.NoUser;
            }

            groupId = userId;
        }

        if (ProcessCalls.DropGroups() is not (0 or ProcessCalls.ErrorNotPermitted))
        {
            message = "failed to drop supplementary groups";
            return ExitCode.System;
        }

        if (!ProcessCalls.Become(userId, groupId))
        {
            message = $"failed to assume identity of user {user}";
            return ExitCode.System;
        }

        return ExitCode.Success;
    }
}
