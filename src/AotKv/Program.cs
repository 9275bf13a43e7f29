System.Console.WriteLine("aotkv");
