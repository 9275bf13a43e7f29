namespace AotKv.Top;

/// <summary>The server cannot be asked; the message says why, in words for the operator.</summary>
internal sealed class TopException(string message, Exception? inner = null) : Exception(message, inner);
